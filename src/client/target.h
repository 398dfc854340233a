// Target: the endpoints of one service as one loop knows them, and which of them a call goes to.
//
// Near ones come first: those on the caller's own node, then those of its zone, then all others. A nearer tier takes all calls while
// at least 1/1.4 of it (71 %) is well, and else 1.4 times the share that is: the rest goes further (Envoy's priority levels, with its
// overprovisioning factor). An endpoint is as well as its calls go: not at all while it cannot be reached or its breaker is open, by
// half if it turns half of them away. Where a key says which endpoint a call belongs to, nearness does not matter.
//
// Among those of a tier its policy decides (balancer.h). Pure: it sees candidates, and does nothing.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "client/balancer.h"
#include "client/ring_hash.h"

namespace holon::client {

enum class Nearness : std::uint8_t { node, zone, elsewhere };
constexpr std::size_t nearnesses = 3;

/// @param node  on which an endpoint runs; empty: the caller's own
/// @param zone  of that node, and `own_zone` the caller's, if somebody said
inline Nearness nearness_of(std::string_view node, std::string_view zone, std::string_view own_zone) {
  if (node.empty()) return Nearness::node;
  return !zone.empty() && zone == own_zone ? Nearness::zone : Nearness::elsewhere;
}

class Target {
 public:
  /// @param near_first  whether nearness matters
  Target(std::unique_ptr<Balancer> balancer, bool near_first) : balancer_(std::move(balancer)), near_first_(near_first) {}

  struct Placed {
    Candidate* candidate;
    Nearness where;
  };
  /// What there is from here on.
  void know(const std::vector<Placed>& endpoints);

  struct Choice {
    Candidate& candidate;
    bool far = false;  ///< there are nearer ones
  };
  /// Of all, of which there is at least one.
  Choice choose(const Pick& call);

  Candidates all() const { return all_; }
  Balancer& balancer() { return *balancer_; }

 private:
  using Tier = std::vector<Candidate*>;

  const Tier& tier_for(const Pick& call) const;
  /// @param spills  whether there are others beside these
  Candidate& choose_among(const Tier& tier, const Pick& call, bool spills);
  Candidate& choose_carefully(const Tier& tier, Balancer& balancer, const Pick& call, bool spills);

  std::unique_ptr<Balancer> balancer_;
  std::unique_ptr<RingHash> ring_;  ///< once a call has a key
  bool near_first_;
  Tier all_;
  std::vector<Tier> tiers_;  ///< those that are not empty, the nearest first
};

}  // namespace holon::client
