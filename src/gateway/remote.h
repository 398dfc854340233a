// Remote: the services behind the gateway, called by gRPC wherever their endpoints are.
#pragma once

#include <map>

#include "app/assembly.h"
#include "app/dynamic.h"
#include "client/pool.h"
#include "gateway/gateway.h"

namespace holon::gateway {

class Remote final : public Upstream {
 public:
  /// Both outlive it. Calls run on the loops of `pools`.
  Remote(client::Pools& pools, const Contracts& contracts);

  Result<void> unary(Call& call, const google::protobuf::MethodDescriptor& method,
                     const google::protobuf::Message& request, google::protobuf::Message& reply) const override;

  /// What calls of a service of the contracts go through; its methods have their index in the descriptor. Any thread.
  const internal::Binding& binding(const google::protobuf::ServiceDescriptor& service) const {
    return *services_.at(&service).binding;
  }

 private:
  struct Service {
    explicit Service(const google::protobuf::ServiceDescriptor& service) : dynamic(service) {}
    app::DynamicService dynamic;
    const internal::Binding* binding = nullptr;
  };
  std::map<const google::protobuf::ServiceDescriptor*, Service> services_;
  app::Assembly refs_;
};

}  // namespace holon::gateway
