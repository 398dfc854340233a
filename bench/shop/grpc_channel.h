// A Ref's way to a service over grpc++: the same place in which holon's own client stands.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "holon/generated.h"

namespace bench {

class GrpcChannel final : public holon::internal::Channel {
 public:
  GrpcChannel(const holon::internal::ServiceInfo& callee, const std::string& address, grpc::CompletionQueue& queue);

  holon::Result<void> unary(holon::Call& call, unsigned method, const google::protobuf::MessageLite& request,
                            google::protobuf::MessageLite& reply) const override;
  /// The shop has no streams.
  std::unique_ptr<holon::internal::Duplex> open(holon::Call& call, unsigned method) const override;

 private:
  const holon::internal::ServiceInfo& callee_;
  grpc::CompletionQueue& queue_;
  mutable grpc::GenericStub stub_;
};

}  // namespace bench
