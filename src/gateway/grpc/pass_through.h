// PassThrough: gRPC and gRPC-Web for the methods of the contracts. Calls of all four kinds go on to the services as the bytes
// they are, both directions at a time, with back-pressure; metadata, deadline, trace, compression and details of errors pass.
// What clients say about who they are does not. Beside them answer grpc.health and grpc.reflection, for the same services.
//
//   PassThrough grpc(contracts, remote, &policy);
//   server::Server server(grpc.router(), loops);
//   …
//   grpc.shut_down();                                  // streams of its own that would hold up a drain end
#pragma once

#include <memory>
#include <vector>

#include "app/health.h"
#include "app/reflection.h"
#include "gateway/contracts.h"
#include "gateway/grpc/call_policy.h"
#include "gateway/remote.h"
#include "server/router.h"

namespace holon::gateway {

class PassThrough {
 public:
  /// All outlive it, and it outlives the calls.
  /// @param policy  says who comes in; null: everybody
  PassThrough(const Contracts& contracts, const Remote& remote, const CallPolicy* policy);
  ~PassThrough();

  /// What the door finds calls by.
  const server::Router& router() const { return router_; }
  void shut_down();

 private:
  class Carrier;

  void add(const google::protobuf::ServiceDescriptor& service, const internal::Binding& way, const CallPolicy* policy);

  std::vector<std::unique_ptr<Carrier>> carriers_;
  app::Health health_;
  app::Reflection reflection_;
  server::Router carried_;  ///< the services of the contracts
  server::Router router_;   ///< the gateway's own, and then those
};

}  // namespace holon::gateway
