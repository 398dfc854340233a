// Calls to a neighbour that need a fiber of their own: streams, and every call in strict mode.
#pragma once

#include "app/carrier.h"
#include "holon/generated.h"

namespace holon::app {

/// Opens a stream whose handler runs on a fiber of its own.
std::unique_ptr<internal::Duplex> open_neighbour(const internal::Binding& binding, Service& callee, Call& call,
                                                 unsigned method, Carriage how);

/// Strict mode: local calls serialise, parse, enforce limits and run on a fiber of their own, as remote ones do.
class StrictChannel final : public internal::Channel {
 public:
  StrictChannel(const internal::Binding& binding, Service& callee, std::size_t message_bytes_max)
      : binding_(binding), callee_(callee), how_{message_bytes_max} {}

  Result<void> unary(Call& call, unsigned method, const google::protobuf::MessageLite& request,
                     google::protobuf::MessageLite& reply) const override;
  std::unique_ptr<internal::Duplex> open(Call& call, unsigned method) const override {
    return open_neighbour(binding_, callee_, call, method, how_);
  }

 private:
  const internal::Binding& binding_;
  Service& callee_;
  Carriage how_;
};

}  // namespace holon::app
