// RingHash: calls with the same key go to the same endpoint, while that has room.
//
// Consistent hashing (Karger and others, 1997): endpoints have points on a ring, and a key belongs to the point that follows it. When
// one of n endpoints comes or goes, one key in n changes its place. With bounded loads (Mirrokni, Thorup, Zadimoghaddam, 2018): an
// endpoint that has more than 1.25 times its share of the calls under way is passed over, so that a key that all ask for takes as
// many endpoints as it needs, always the same ones.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "client/balancer.h"

namespace holon::client {

class RingHash final : public Balancer {
 public:
  void know(Candidates all) override;
  /// Calls without a key are as those with an empty one.
  Candidate& pick(Candidates from, const Pick& call) override;

 private:
  std::vector<std::pair<std::uint64_t, Candidate*>> points_;  ///< in the ring's order
};

}  // namespace holon::client
