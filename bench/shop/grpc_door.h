// The door of a host on grpc++: takes calls of any method by the completion queue and runs each handler on a fiber, as
// holon's server does.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fiber/loop.h"
#include "holon/generated.h"

namespace bench {

class Place;

class GrpcDoor {
 public:
  GrpcDoor(grpc::AsyncGenericService& service, grpc::ServerCompletionQueue& queue, holon::fiber::Loop& loop);
  ~GrpcDoor();

  void add(const holon::internal::ServiceInfo& contract, holon::Service& service);
  /// Begins to take calls, up to 256 at a time.
  void open();

 private:
  friend class Place;
  struct Route {
    const holon::internal::MethodInfo* method;
    holon::Service* service;
  };

  grpc::AsyncGenericService& service_;
  grpc::ServerCompletionQueue& queue_;
  holon::fiber::Loop& loop_;
  std::map<std::string, Route> routes_;
  std::vector<std::unique_ptr<Place>> places_;
};

}  // namespace bench
