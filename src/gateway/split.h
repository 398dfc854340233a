// Split: one of several destinations, by weight. The same request id leads to the same one, so that who tries again, or
// follows a request through its parts, stays on one side.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/visit.h"

namespace holon::gateway {

class Split final : public Destination {
 public:
  struct Choice {
    unsigned weight;  ///< above 0
    std::shared_ptr<const Destination> destination;
  };
  /// @param secret  random; of two gateways that share it the same id leads to the same choice
  Split(std::vector<Choice> choices, std::uint64_t secret);

  void serve(Visit& visit) const override { choose(visit.visitor().request_id).serve(visit); }
  const Destination& choose(std::string_view request_id) const;

 private:
  std::vector<Choice> choices_;
  std::uint64_t total_ = 0;
  std::uint64_t secret_;
};

}  // namespace holon::gateway
