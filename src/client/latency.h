// What is known of how long calls take: of an endpoint, to balance by, and of a method, to know when an answer is late.
// Machines over points of time, a division a call: one loop's.
#pragma once

#include <algorithm>
#include <cstdint>

#include "env/environment.h"

namespace holon::client {

/// An endpoint's latency, after Finagle's "peak EWMA": it rises at once with a call that took long, sinks as others end
/// sooner, and is forgotten as time passes, so that an endpoint that was slow is tried again: one that was ten times as slow as
/// the others after some 13 s. Powers stand for Finagle's exponential, which is as good and costs no exp().
class PeakLatency {
 public:
  void add(env::Duration took, env::Time now) {
    const double ns = static_cast<double>(took.count());
    const double old = at(now);
    const double weight = since(now) / (since(now) + follow_ns);  // a sample weighs as much as the time that it ends
    ns_ = std::max(ns, old + (ns - old) * weight);
    told_ = now;
  }
  /// Nanoseconds; 0 if nothing is known.
  double at(env::Time now) const {
    if (ns_ == 0) return 0;
    const double once = forget_ns / (since(now) + forget_ns);
    const double fourth = once * once * once * once;
    return ns_ * fourth * fourth;
  }

  /// When it was last told of a call.
  env::Time told() const { return told_; }
  /// What it was told until then says nothing any more.
  void forget_until(env::Time then) {
    if (told_ <= then) ns_ = 0;
  }

 private:
  static constexpr double follow_ns = 1e9;
  static constexpr double forget_ns = 40e9;

  double since(env::Time now) const { return static_cast<double>(std::max<std::int64_t>(0, (now - told_).count())); }

  double ns_ = 0;
  env::Time told_{};
};

/// What most calls of a method stay below: the 95th percentile, by stochastic approximation (Robbins and Monro, 1951) of its
/// logarithm. It follows changes within some tens of calls, and never needs to hold any of them.
class TailLatency {
 public:
  /// How many calls it takes to know.
  static constexpr std::uint32_t learned = 100;

  void add(env::Duration took) {
    const double ns = static_cast<double>(std::max<std::int64_t>(1, took.count()));
    if (calls_ < learned) ++calls_;
    if (ns_ == 0) {
      ns_ = ns;
    } else if (ns > ns_) {
      ns_ *= 1 + step * share;  // rises by `share` where it sinks by the rest: at rest where so many lie below
    } else {
      ns_ *= 1 - step * (1 - share);
    }
  }
  /// Whether enough calls were seen to say so.
  bool known() const { return calls_ >= learned; }
  env::Duration value() const { return env::Duration(static_cast<std::int64_t>(ns_)); }

 private:
  static constexpr double share = 0.95;
  static constexpr double step = 0.25;

  double ns_ = 0;
  std::uint32_t calls_ = 0;
};

}  // namespace holon::client
