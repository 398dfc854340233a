// Remote: the services behind the gateway, called by gRPC wherever their endpoints are.
#pragma once

#include <map>
#include <string>

#include "app/assembly.h"
#include "app/dynamic.h"
#include "client/pool.h"
#include "gateway/contracts.h"
#include "holon/call.h"

namespace holon::gateway {

class Remote {
 public:
  /// Both outlive it. Calls run on the loops of `pools`.
  /// @param caller  the service in whose name they are made, if it is one
  Remote(client::Pools& pools, const Contracts& contracts, const std::string& caller = "");

  /// Calls `method` with `call.metadata()`, deadline and trace; what the service sends beside its reply goes to
  /// `call.response_metadata()`. Suspends the calling fiber.
  Result<void> unary(Call& call, const google::protobuf::MethodDescriptor& method,
                     const google::protobuf::Message& request, google::protobuf::Message& reply) const;

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
  std::string caller_;
  std::map<const google::protobuf::ServiceDescriptor*, Service> services_;
  app::Assembly refs_;
};

}  // namespace holon::gateway
