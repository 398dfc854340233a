// Attempts: those of one call: whether another follows one that failed, when, and who pays for it.
//
//   Attempts attempts(terms, budget, edge);
//   attempts.began(); …
//   if (auto pause = attempts.before_next(failure, idempotent, {now, deadline, random})) …
//
// The same for calls by gRPC and for requests by plain HTTP. The rules are retry.h's; here they meet the caller's budget and what is
// counted. A machine over points of time: one call's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "client/retry.h"
#include "client/retry_budget.h"
#include "client/terms.h"

namespace holon::client {

class Attempts {
 public:
  /// @param terms  and `budget` outlive it
  /// @param edge   telemetry's number, if repetitions are counted
  Attempts(const Terms& terms, RetryBudget& budget, std::optional<std::uint32_t> edge)
      : terms_(terms), budget_(budget), edge_(edge) {}

  void began() { ++made_; }
  std::size_t made() const { return made_; }
  /// Whether there may be one more at all.
  bool left() const { return made_ < terms_.attempts_max; }

  struct Moment {
    env::Time now;
    env::Time deadline;
    std::uint64_t random;
  };
  /// How long to wait until another attempt is due, which is paid for then; nothing if none follows.
  std::optional<env::Duration> before_next(const Failure& failure, bool idempotent, const Moment& at);
  /// Whether an attempt may be made that is paid from the budget.
  bool spend(env::Time now);
  /// Whether there may be one more, which is paid for by this; then `before_next` is free.
  bool pay_ahead(env::Time now) { return paid_ahead_ || (left() && (paid_ahead_ = spend(now))); }

 private:
  const Terms& terms_;
  RetryBudget& budget_;
  std::optional<std::uint32_t> edge_;
  std::size_t made_ = 0;
  bool paid_ahead_ = false;
};

}  // namespace holon::client
