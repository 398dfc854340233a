// Conduct: how one endpoint behaves, as the calls tell that went there: whether it is worth another, and how long one takes.
//
//   conduct.began(now); … conduct.ended(Outcome::good, took, now, still);
//   if (conduct.breaker().allows(now)) …
//
// The same whatever is spoken there: gRPC (peer.h) or plain HTTP (http_peer.h). A machine over points of time: one loop's.
#pragma once

#include <algorithm>
#include <optional>

#include "client/breaker.h"
#include "client/latency.h"

namespace holon::client {

/// When an endpoint was so silent that it must have stood still: its process was stopped, or its machine, or the network.
struct StandStill {
  bool lasts = false;
  env::Time ended{};  ///< the last one

  bool since(env::Time then) const { return lasts || ended >= then; }
};

class Conduct {
 public:
  explicit Conduct(const Breaker::Rules& rules) : breaker_(rules) {}

  void began(env::Time now) { breaker_.began(now); }
  /// A call ended.
  /// @param took   one that the caller left took at least so long; nothing if that says nothing of how long answers take
  /// @param still  what was learnt while it stood still, or before that was noticed, says nothing of it once it goes on
  void ended(Outcome outcome, std::optional<env::Duration> took, env::Time now, const StandStill& still) {
    breaker_.ended(outcome, now);
    if (forgives(still)) {
      latency_.forget_until(still.ended);
      forgiven_ = still.ended;
    }
    if (!took || still.since(now - *took)) return;
    if (outcome == Outcome::good) return latency_.add(*took, now);
    // A failure may come at once: that must not attract more calls. What took long, and was left, might have taken as long again; who
    // is left so again and again is slower than that.
    const env::Duration known(static_cast<std::int64_t>(latency_.at(now)));
    if (2 * *took > known) latency_.add(2 * std::max(*took, known), now);
  }

  const Breaker& breaker() const { return breaker_; }
  /// How long a call takes, in nanoseconds; what differs by less than the schedulers' doing is hardly different.
  double latency(env::Time now, const StandStill& still) const {
    const bool forgotten = latency_.told() <= still.ended && forgives(still);
    return noise_ns + (forgotten ? 0 : latency_.at(now));
  }

 private:
  static constexpr double noise_ns = 1e6;
  static constexpr env::Duration forgives_every = std::chrono::seconds(30);

  /// Whether what was learnt before it went on is to be forgotten. Who stands still again and again is slow.
  bool forgives(const StandStill& still) const {
    return still.ended > env::Time() && (!forgiven_ || still.ended >= *forgiven_ + forgives_every);
  }

  Breaker breaker_;
  PeakLatency latency_;
  std::optional<env::Time> forgiven_;  ///< the end of the last standstill that was
};

}  // namespace holon::client
