#include "rpc/meter.h"

#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace bench {
namespace {

[[noreturn]] void usage(const char* program, const std::vector<std::string>& known) {
  std::fprintf(stderr, "usage: %s ADDRESS IN_FLIGHT SECONDS", program);
  for (const std::string& option : known) std::fprintf(stderr, " [--%s=…]", option.c_str());
  std::fprintf(stderr, " SERVER_PID…\n");
  std::exit(2);
}

}  // namespace

std::string Load::text(const std::string& option, const std::string& otherwise) const {
  const auto found = options.find(option);
  return found == options.end() ? otherwise : found->second;
}

double Load::number(const std::string& option, double otherwise) const {
  const auto found = options.find(option);
  return found == options.end() ? otherwise : std::atof(found->second.c_str());
}

Load load_of(int argc, char** argv, const std::vector<std::string>& known) {
  if (argc < 5) usage(argv[0], known);
  Load load{argv[1], std::atoi(argv[2]), std::atof(argv[3]), {}, {}};
  for (int i = 4; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    if (!argument.starts_with("--")) {
      load.server_pids.push_back(std::atoi(argv[i]));
    } else if (equals != std::string::npos && std::ranges::count(known, argument.substr(2, equals - 2)) > 0) {
      load.options[argument.substr(2, equals - 2)] = argument.substr(equals + 1);
    } else {
      usage(argv[0], known);
    }
  }
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

long private_kb_of(int pid) {
  std::ifstream rollup("/proc/" + std::to_string(pid) + "/smaps_rollup");
  long sum = 0;
  for (std::string line; std::getline(rollup, line);) {
    if (line.starts_with("Private_")) sum += std::atol(line.c_str() + line.find(':') + 1);
  }
  return sum;
}

void sleep_until(std::int64_t at_ns) {
  const timespec at{at_ns / 1'000'000'000, at_ns % 1'000'000'000};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

Arrivals::Arrivals(const Load& load)
    : gap_s_(load.number("rate", 1)), at_(static_cast<double>(Meter::now()) / 1e9), ends_at_(at_ + load.seconds + 0.05) {
  ::prctl(PR_SET_TIMERSLACK, 1);  // ns; the kernel's own choice of 50 µs would be most of what is measured
}

std::optional<std::int64_t> Arrivals::next() {
  at_ += gap_s_(random_);
  if (at_ > ends_at_) return std::nullopt;
  return static_cast<std::int64_t>(at_ * 1e9);
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
  if (counting_ && !ended_) {
    latencies_ns_.push_back(static_cast<std::uint32_t>(std::min<std::int64_t>(ended - began, UINT32_MAX)));
  }
  began = ended;
  if (!counting_ && ended >= counts_from_) begin_counting();
  if (!ended_ && ended >= ends_at_) end_counting();
  return !ended_;
}

void Meter::begin_counting() {
  counting_ = true;
  span_ = now();
  client_cpu_ = cpu_ns_of(::getpid());
  server_cpu_ = server_cpu();
}

void Meter::end_counting() {
  ended_ = true;
  span_ = now() - span_;
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
  long server_kb = 0;
  for (const int pid : server_pids_) server_kb += private_kb_of(pid);
  std::printf(R"({"calls":%.0f,"per_second":%.1f,"p50_us":%.3f,"p99_us":%.3f,"p999_us":%.3f,)"
              R"("server_cpu_us":%.4f,"client_cpu_us":%.4f,"handler_cpu_us":%.4f,"server_kb":%ld,"client_kb":%ld})" "\n",
              calls, calls * 1e9 / static_cast<double>(span_), percentile_us(0.5), percentile_us(0.99), percentile_us(0.999),
              static_cast<double>(server_cpu_) / calls / 1e3, static_cast<double>(client_cpu_) / calls / 1e3, handler_cpu_us,
              server_kb, private_kb_of(::getpid()));
}

}  // namespace bench
