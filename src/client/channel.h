// Channel: calls of one service to another that lives elsewhere. What stands between a Ref and a socket.
#pragma once

#include <memory>
#include <vector>

#include "client/experience.h"
#include "client/pool.h"
#include "holon/call.h"
#include "holon/generated.h"

namespace holon::client {

class Channel final : public internal::Channel {
 public:
  /// All of them outlive the channel. `binding` says who calls whom, and how the calls are numbered in telemetry.
  Channel(Pools& pools, const internal::Binding& binding);
  ~Channel() override;

  Result<void> unary(Call& call, unsigned method, const google::protobuf::MessageLite& request,
                     google::protobuf::MessageLite& reply) const override;
  std::unique_ptr<internal::Duplex> open(Call& call, unsigned method) const override;

 private:
  Experience& experience(Pool& pool) const;

  Pools& pools_;
  const internal::Binding& binding_;
  mutable std::vector<Experience*> experiences_;  ///< by the loop's index, once it was needed there; each its pool's
};

}  // namespace holon::client
