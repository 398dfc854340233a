// OwnServices: what every host serves beside its services, so that others can look after it: what it has counted
// (holon.node.v1.Host), whether it may be called (grpc.health.v1), what its contracts are (grpc.reflection).
//
// They answer at the door alone: no Ref leads to them, no manifest names them, and no snapshot counts them.
#pragma once

#include <string>
#include <string_view>

#include "app/assembly.h"
#include "app/health.h"
#include "app/reflection.h"
#include "app/snapshot.h"
#include "server/router.h"

namespace holon::app {

class OwnServices {
 public:
  OwnServices(env::Environment& environment, std::string host, client::Pools& pools)
      : host_(environment, std::move(host), &pools) {}

  /// Puts them behind the door, but for those that `services` has itself; tells of the contracts of all. The services are
  /// serving from here on. Before the door opens.
  void add_to(server::Router& router, const Assembly& services);
  /// The host stops: nothing is serving any more, and streams that would hold it up end.
  void shut_down();

  Health& health() { return health_; }

 private:
  void add(server::Router& router, const Assembly& services, const internal::ServiceInfo& contract, Service& service);

  HostService host_;
  Health health_;
  Reflection reflection_;
};

/// Whether a method ("shop.Cart/GetCart") is one of theirs.
bool is_own_method(std::string_view method);

}  // namespace holon::app
