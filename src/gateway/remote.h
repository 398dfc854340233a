// Remote: the services behind the gateway, called by gRPC wherever their endpoints are.
#pragma once

#include <map>
#include <memory>

#include "client/pool.h"
#include "gateway/gateway.h"

namespace holon::gateway {

class Remote final : public Upstream {
 public:
  /// Both outlive it. Calls run on the loops of `pools`.
  Remote(client::Pools& pools, const Contracts& contracts);
  ~Remote() override;

  Result<void> unary(Call& call, const google::protobuf::MethodDescriptor& method,
                     const google::protobuf::Message& request, google::protobuf::Message& reply) const override;

 private:
  struct Service;
  std::map<const google::protobuf::ServiceDescriptor*, std::unique_ptr<Service>> services_;
};

}  // namespace holon::gateway
