// Budget: how often something may happen: a burst, refilled by time (a token bucket).
#pragma once

#include <algorithm>
#include <cstdint>

#include "env/environment.h"

namespace holon::wire {

class Budget {
 public:
  /// Holds at most `burst`, begins full, and regains `per_second`.
  constexpr Budget(std::int64_t burst, std::int64_t per_second)
      : burst_(burst), per_second_(per_second), left_(burst) {}

  /// Takes `count`; false if there was not so much left.
  bool take(env::Time now, std::int64_t count = 1) {
    left_ -= count;
    if (left_ >= 0) [[likely]] return true;
    refill(now);
    return left_ >= 0;
  }
  /// Puts back what something else has earned.
  void earn(std::int64_t count) { left_ = std::min(burst_, left_ + count); }

 private:
  /// Only when it runs out: an honest peer's frame costs a subtraction.
  void refill(env::Time now) {
    if (refilled_ == env::Time()) refilled_ = now;
    auto passed = std::chrono::duration_cast<std::chrono::microseconds>(now - refilled_).count();
    if (passed <= 0) return;
    std::int64_t gained = std::min<std::int64_t>(passed, 3'600'000'000) * per_second_ / 1'000'000;
    if (gained == 0) return;  // too early: the time passed is kept
    left_ = std::min(burst_, left_ + gained);
    refilled_ = now;
  }

  std::int64_t burst_;
  std::int64_t per_second_;
  std::int64_t left_;
  env::Time refilled_{};
};

}  // namespace holon::wire
