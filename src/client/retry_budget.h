// RetryBudget: how much of a caller's load may be repetition, so that retries never become what keeps a service down.
//
//   RetryBudget budget;
//   budget.called();                              // each call, once
//   if (budget.spend(now)) …                      // may this attempt be made again?
//
// After Finagle's RetryBudget: a share of the calls, and a few a second beside, so that a caller with little to say may
// retry at all. Retries and hedges spend from the same one. A machine over points of time: one loop's.
#pragma once

#include <algorithm>
#include <cstddef>

#include "env/environment.h"

namespace holon::client {

class RetryBudget {
 public:
  struct Rates {
    std::size_t percent = 20;     ///< of the calls
    std::size_t per_second = 10;  ///< beside that
  };

  RetryBudget() : RetryBudget(Rates{}) {}
  explicit RetryBudget(const Rates& rates)
      : share_(static_cast<double>(rates.percent) / 100),
        per_second_(static_cast<double>(rates.per_second)),
        allowance_(per_second_) {}

  /// From here on it grows so; what was saved is kept, as far as it may be.
  void grow_by(const Rates& rates) {
    share_ = static_cast<double>(rates.percent) / 100;
    per_second_ = static_cast<double>(rates.per_second);
    allowance_ = std::min(per_second_, allowance_);
  }

  void called() { saved_ = std::min(saved_ + share_, saved_max); }
  /// Whether one more attempt may be made; if so it is paid.
  bool spend(env::Time now) {
    refill(now);
    double& source = saved_ >= 1 ? saved_ : allowance_;
    if (source < 1) return false;
    source -= 1;
    return true;
  }
  /// Attempts that may be made at once.
  double left(env::Time now) {
    refill(now);
    return saved_ + allowance_;
  }

 private:
  static constexpr double saved_max = 100;  // so that a quiet hour does not pay for a storm

  void refill(env::Time now) {
    if (now <= refilled_) return;
    const double seconds = std::chrono::duration<double>(now - refilled_).count();
    allowance_ = std::min(per_second_, allowance_ + seconds * per_second_);
    refilled_ = now;
  }

  double share_;  ///< of a retry, that a call brings
  double per_second_;
  double saved_ = 0;
  double allowance_;
  env::Time refilled_{};
};

}  // namespace holon::client
