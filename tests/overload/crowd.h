// Crowd: a process's worth of callers, who call whether or not others are answered (an open loop), and who ask again a few times
// when they are turned away, whatever they are told.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "desk.holon.h"
#include "holon/wiring.h"

namespace holon::overload {

using Clock = std::chrono::steady_clock;

enum class Tone { normal, urgent, by_the_way, computing };

class Crowd {
 public:
  /// Calls from now on, until `disperse`.
  Crowd(std::string address, double per_second, Tone tone = Tone::normal);
  ~Crowd();

  /// Nobody calls any more, and all are answered.
  void disperse();

  /// What became of the calls that were made from `from` on, before `to`. After `disperse`.
  struct Tally {
    std::size_t calls = 0, answered = 0;
    double answered_per_second = 0;
    double p99_ms = 0;  ///< of the attempts that were answered

    double share() const { return calls == 0 ? 1 : static_cast<double>(answered) / static_cast<double>(calls); }
  };
  Tally tally(Clock::time_point from, Clock::time_point to) const;

 private:
  struct Made {
    Clock::time_point at;
    Clock::duration took;  ///< of the last attempt
    bool answered;
  };

  void call_on();
  Made ask_again_and_again(const Ref<::overload::Desk>& desk, Call& call);

  const std::string address_;
  const double per_second_;
  const Tone tone_;
  std::atomic<bool> over_{false};
  std::mt19937 random_{1};
  std::vector<Made> made_;
  std::thread thread_;
};

}  // namespace holon::overload
