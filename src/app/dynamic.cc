#include "app/dynamic.h"

#include <google/protobuf/descriptor.h>

#include "contract/options.h"

namespace holon::app {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

internal::Kind kind_of(const MethodDescriptor& method) {
  using internal::Kind;
  if (method.client_streaming()) return method.server_streaming() ? Kind::bidi_stream : Kind::client_stream;
  return method.server_streaming() ? Kind::server_stream : Kind::unary;
}

DynamicService::DynamicService(const ServiceDescriptor& service) : name_(service.full_name()) {
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    const contract::MethodRules rules = contract::rules_of(method);
    const std::string& name = names_.emplace_back(name_ + "/" + method.name());
    methods_.push_back(
        {name, kind_of(method), rules.idempotent, rules.priority, rules.timeout_ns, nullptr, nullptr, nullptr,
         rules.balance_by, {rules.attempts.attempts_max, rules.attempts.hedges_max, rules.attempts.hedge_after_ns}});
  }
  info_ = {name_, methods_, nullptr, {}, contract::balance_of(service)};
}

}  // namespace holon::app
