// Reflection: what a host serves, told to tools that have no contract of it, by grpc.reflection.v1 and its older name v1alpha.
//
//   app::Reflection reflection;
//   reflection.add(shop::Cart::info()); …           // before it is served
//   reflection.each([&](const internal::ServiceInfo& contract, Service& service) { router.add(contract, service); });
//   …
//   reflection.shut_down();                          // its streams end, which may last as long as their clients like
//
// It tells the files of what was added, with all they import, and no others of the program. Any thread may ask.
#pragma once

#include <functional>
#include <memory>

#include "holon/generated.h"

namespace google::protobuf {
class ServiceDescriptor;
}

namespace holon::app {

class Reflection {
 public:
  Reflection();
  ~Reflection();

  /// Tells of this contract too. Twice is the same as once. Before it is served.
  void add(const internal::ServiceInfo& contract);
  /// The same for a service without generated code, of a pool that outlives this.
  void add(const google::protobuf::ServiceDescriptor& service);
  /// Visits the services that answer the questions.
  void each(const std::function<void(const internal::ServiceInfo&, Service&)>& visit) const;
  /// Ends the streams that are open, with UNAVAILABLE. Any thread.
  void shut_down();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holon::app
