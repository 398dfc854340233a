#include "client/attempts.h"

#include <utility>

#include "telemetry/metrics.h"

namespace holon::client {

std::optional<env::Duration> Attempts::before_next(const Failure& failure, bool idempotent, const Moment& at) {
  if (!left() || !worth_another(failure, idempotent)) return {};
  const env::Duration wait = wait_before_next(failure, static_cast<int>(made_), terms_, at.random);
  if (wait >= at.deadline - at.now) return {};
  if (failure.unseen) return wait;
  if (!std::exchange(paid_ahead_, false) && !spend(at.now)) return {};
  if (edge_) telemetry::record(*edge_, telemetry::Repeat::retry);
  return wait;
}

bool Attempts::spend(env::Time now) {
  const bool may = budget_.spend(now);
  if (!may && edge_) telemetry::record(*edge_, telemetry::Repeat::unpaid);
  return may;
}

}  // namespace holon::client
