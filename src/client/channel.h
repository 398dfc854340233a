// Channel: calls of one service to another that lives elsewhere. What stands between a Ref and a socket.
#pragma once

#include <memory>
#include <string>

#include "client/pool.h"
#include "holon/call.h"
#include "holon/generated.h"

namespace holon::client {

class Channel final : public internal::Channel {
 public:
  /// All of them outlive the channel. `binding` says who calls whom, and how the calls are numbered in telemetry.
  Channel(Pools& pools, const internal::Binding& binding) : pools_(pools), binding_(binding) {}

  Result<void> unary(Call& call, unsigned method, const google::protobuf::MessageLite& request,
                     google::protobuf::MessageLite& reply) const override;
  std::unique_ptr<internal::Duplex> open(Call& call, unsigned method) const override;

 private:
  Pools& pools_;
  const internal::Binding& binding_;
};

}  // namespace holon::client
