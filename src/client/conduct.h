// Conduct: how one endpoint behaves, as the calls tell that went there: whether it is worth another, and how long one takes.
//
//   conduct.began(now); … conduct.ended(Outcome::good, took, now);
//   if (conduct.breaker().allows(now)) …
//
// The same whatever is spoken there: gRPC (peer.h) or plain HTTP (http_peer.h). A machine over points of time: one loop's.
#pragma once

#include <algorithm>

#include "client/breaker.h"
#include "client/latency.h"

namespace holon::client {

class Conduct {
 public:
  explicit Conduct(const Breaker::Rules& rules) : breaker_(rules) {}

  void began(env::Time now) { breaker_.began(now); }
  /// A call ended after `took`. One that the caller left took at least so long.
  /// @param stood_still  the process did meanwhile: it is no slower than before once it goes on
  void ended(Outcome outcome, env::Duration took, env::Time now, bool stood_still) {
    breaker_.ended(outcome, now);
    if (stood_still) return;
    if (outcome == Outcome::good) return latency_.add(took, now);
    // A failure may come at once: that must not attract more calls. What took long, and was left, might have taken as long again; who
    // is left so again and again is slower than that.
    const env::Duration known(static_cast<std::int64_t>(latency_.at(now)));
    if (2 * took > known) latency_.add(2 * std::max(took, known), now);
  }

  const Breaker& breaker() const { return breaker_; }
  /// How long a call takes, in nanoseconds; what differs by less than the schedulers' doing is hardly different.
  double latency(env::Time now) const { return noise_ns + latency_.at(now); }

 private:
  static constexpr double noise_ns = 1e6;

  Breaker breaker_;
  PeakLatency latency_;
};

}  // namespace holon::client
