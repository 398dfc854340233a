// Meter: what a client measures of its load: latency of each call, and the CPU of all processes.
//
//   bench::Meter meter(load);
//   std::int64_t began = meter.now();
//   do { call(); } while (meter.goes_on_after(began));   // closed loop: in each of load.in_flight places
//   meter.report(0);                                      // one line of JSON
//
// In an open loop `began` is when the call was to begin, as Arrivals has it, however late it began. The first fifth of the
// time warms up and does not count. One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace bench {

struct Load {
  std::string address;
  int in_flight = 1;
  double seconds = 1;
  std::vector<int> server_pids;
  std::map<std::string, std::string> options;  ///< --NAME=VALUE

  std::string text(const std::string& option, const std::string& otherwise) const;
  double number(const std::string& option, double otherwise) const;
};

/// ADDRESS IN_FLIGHT SECONDS [--OPTION=VALUE…] SERVER_PID…; exits with a usage line if they are not that, or an option is not
/// one of `known`.
Load load_of(int argc, char** argv, const std::vector<std::string>& known = {});

/// Says what failed and exits: a benchmark with errors measures nothing.
[[noreturn]] void give_up(const std::string& what);

/// When the calls of an open loop begin, in ns of Meter::now: desynchronised (Poisson), --rate= of them a second, the same for
/// all who ask for the same rate.
class Arrivals {
 public:
  explicit Arrivals(const Load& load);
  /// The next one; nothing once the load's time is up, and a little later, so that a call ends after it.
  std::optional<std::int64_t> next();

 private:
  std::mt19937_64 random_{1};
  std::exponential_distribution<double> gap_s_;
  double at_;
  double ends_at_;
};

class Meter {
 public:
  explicit Meter(const Load& load);

  static std::int64_t now();
  /// Counts the call that began at `began`, and sets `began` to now. False when the time is up.
  bool goes_on_after(std::int64_t& began);
  /// Prints {"calls":…,"per_second":…,"p50_us":…,"p99_us":…,"p999_us":…,"server_cpu_us":…,"client_cpu_us":…,
  /// "handler_cpu_us":…,"server_kb":…,"client_kb":…}; CPU is per call, memory what processes share with nobody now.
  void report(double handler_cpu_us);

 private:
  void begin_counting();
  void end_counting();
  double percentile_us(double share);

  std::int64_t server_cpu() const;

  std::vector<int> server_pids_;
  std::int64_t counts_from_;
  std::int64_t ends_at_;
  bool counting_ = false;
  bool ended_ = false;
  std::int64_t span_ = 0;
  std::int64_t client_cpu_ = 0;
  std::int64_t server_cpu_ = 0;
  std::vector<std::uint32_t> latencies_ns_;
};

/// CPU time that a process has used, in ns.
std::int64_t cpu_ns_of(int pid);

/// Memory that a process shares with nobody, in KB.
long private_kb_of(int pid);

/// Blocks the thread until then, as exactly as the kernel can.
void sleep_until(std::int64_t at_ns);

}  // namespace bench
