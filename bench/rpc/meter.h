// Meter: what a client measures of a closed loop: latency of each call, and the CPU of all processes.
//
//   bench::Meter meter(bench::load_of(argc, argv));
//   std::int64_t began = meter.now();
//   do { call(); } while (meter.goes_on_after(began));   // in each of load.in_flight places
//   meter.report();                                       // one line of JSON
//
// The first fifth of the time warms up and does not count. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct Load {
  std::string address;
  int in_flight = 1;
  double seconds = 1;
  std::vector<int> server_pids;
};

/// ADDRESS IN_FLIGHT SECONDS SERVER_PID…; exits with a usage line if they are not that.
Load load_of(int argc, char** argv);

/// Says what failed and exits: a benchmark with errors measures nothing.
[[noreturn]] void give_up(const std::string& what);

class Meter {
 public:
  explicit Meter(const Load& load);

  static std::int64_t now();
  /// Counts the call that began at `began`, and sets `began` to now. False when the time is up.
  bool goes_on_after(std::int64_t& began);
  /// Prints {"calls":…,"p50_us":…,"p99_us":…,"server_cpu_us":…,"client_cpu_us":…,"handler_cpu_us":…}; CPU is per call.
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
  std::int64_t client_cpu_ = 0;
  std::int64_t server_cpu_ = 0;
  std::vector<std::uint32_t> latencies_ns_;
};

/// CPU time that a process has used, in ns.
std::int64_t cpu_ns_of(int pid);

}  // namespace bench
