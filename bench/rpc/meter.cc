#include "rpc/meter.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace bench {

Load load_of(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: %s ADDRESS IN_FLIGHT SECONDS SERVER_PID...\n", argv[0]);
    std::exit(2);
  }
  Load load{argv[1], std::atoi(argv[2]), std::atof(argv[3]), {}};
  for (int i = 4; i < argc; ++i) load.server_pids.push_back(std::atoi(argv[i]));
  return load;
}

void give_up(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

std::int64_t cpu_ns_of(int pid) {
  clockid_t clock;
  timespec time;
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
    give_up("no CPU clock of process " + std::to_string(pid));
  }
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

Meter::Meter(const Load& load) : server_pids_(load.server_pids) {
  const auto span = static_cast<std::int64_t>(load.seconds * 1e9);
  counts_from_ = now() + span / 5;
  ends_at_ = now() + span;
  latencies_ns_.reserve(static_cast<std::size_t>(load.seconds * 1.5e6));
}

std::int64_t Meter::now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

bool Meter::goes_on_after(std::int64_t& began) {
  const std::int64_t ended = now();
  if (counting_ && !ended_) latencies_ns_.push_back(static_cast<std::uint32_t>(ended - began));
  began = ended;
  if (!counting_ && ended >= counts_from_) begin_counting();
  if (!ended_ && ended >= ends_at_) end_counting();
  return !ended_;
}

void Meter::begin_counting() {
  counting_ = true;
  client_cpu_ = cpu_ns_of(::getpid());
  server_cpu_ = server_cpu();
}

void Meter::end_counting() {
  ended_ = true;
  client_cpu_ = cpu_ns_of(::getpid()) - client_cpu_;
  server_cpu_ = server_cpu() - server_cpu_;
}

std::int64_t Meter::server_cpu() const {
  std::int64_t sum = 0;
  for (const int pid : server_pids_) sum += cpu_ns_of(pid);
  return sum;
}

double Meter::percentile_us(double share) {
  const auto place = latencies_ns_.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(latencies_ns_.size() - 1));
  std::nth_element(latencies_ns_.begin(), place, latencies_ns_.end());
  return *place / 1e3;
}

void Meter::report(double handler_cpu_us) {
  if (!ended_ || latencies_ns_.empty()) give_up("no call ended in the measured time");
  const double calls = static_cast<double>(latencies_ns_.size());
  std::printf(R"({"calls":%.0f,"p50_us":%.3f,"p99_us":%.3f,"server_cpu_us":%.4f,"client_cpu_us":%.4f,"handler_cpu_us":%.4f})" "\n",
              calls, percentile_us(0.5), percentile_us(0.99), static_cast<double>(server_cpu_) / calls / 1e3,
              static_cast<double>(client_cpu_) / calls / 1e3, handler_cpu_us);
}

}  // namespace bench
