// DynamicService: what generated code has of a service, made from its descriptor, for callers without generated code.
//
//   app::DynamicService cart(*catalog.pool().FindServiceByName("shop.Cart"));
//   const internal::Binding& binding = client.bind(cart.info());
//   auto stream = internal::open_stream(binding, call, method.index());    // carries messages of any kind
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "holon/generated.h"

namespace google::protobuf {
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace holon::app {

internal::Kind kind_of(const google::protobuf::MethodDescriptor& method);

class DynamicService {
 public:
  /// Nothing is kept of the descriptor.
  explicit DynamicService(const google::protobuf::ServiceDescriptor& service);
  DynamicService(const DynamicService&) = delete;
  DynamicService& operator=(const DynamicService&) = delete;

  /// Methods by their index in the descriptor. It serves nothing, so there are no functions in it. Lives as long as this.
  const internal::ServiceInfo& info() const { return info_; }

 private:
  std::string name_;
  std::deque<std::string> names_;  ///< a deque: views point into short strings, which must not move
  std::vector<internal::MethodInfo> methods_;
  internal::ServiceInfo info_{};
};

}  // namespace holon::app
