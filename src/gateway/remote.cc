#include "gateway/remote.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "client/channel.h"
#include "contract/options.h"
#include "fiber/call.h"
#include "holon/outgoing_call.h"
#include "telemetry/metrics.h"

namespace holon::gateway {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

internal::Kind kind_of(const MethodDescriptor& method) {
  using internal::Kind;
  if (method.client_streaming()) return method.server_streaming() ? Kind::bidi_stream : Kind::client_stream;
  return method.server_streaming() ? Kind::server_stream : Kind::unary;
}

}  // namespace

/// What generated code has of a service, made from its descriptor. It serves nothing, so there are no functions in it.
struct Remote::Service {
  Service(client::Pools& pools, const ServiceDescriptor& service) : channel(pools, binding) {
    names.reserve(static_cast<std::size_t>(service.method_count()));  // the views into it stay
    for (int i = 0; i < service.method_count(); ++i) {
      const MethodDescriptor& method = *service.method(i);
      const contract::MethodRules rules = contract::rules_of(method);
      names.push_back(service.full_name() + "/" + method.name());
      methods.push_back({names.back(), kind_of(method), rules.idempotent, rules.priority, rules.timeout_ns, nullptr,
                         nullptr, nullptr});
      const std::uint32_t edge = telemetry::metrics().add_edge({telemetry::Way::remote, {}, names.back()});
      if (i == 0) binding.first_edge = edge;
    }
    info = {service.full_name(), methods, nullptr};
    binding.callee = &info;
    binding.channel = &channel;
  }

  std::vector<std::string> names;
  std::vector<internal::MethodInfo> methods;
  internal::ServiceInfo info{};
  internal::Binding binding{};
  client::Channel channel;
};

Remote::Remote(client::Pools& pools, const Contracts& contracts) {
  for (const ServiceDescriptor* service : contracts.services()) {
    services_.emplace(service, std::make_unique<Service>(pools, *service));
  }
}

Remote::~Remote() = default;

Result<void> Remote::unary(Call& call, const MethodDescriptor& method, const google::protobuf::Message& request,
                           google::protobuf::Message& reply) const {
  const Service& service = *services_.at(method.service());
  const auto index = static_cast<unsigned>(method.index());
  internal::CallAccess::set_method(call, &service.methods[index]);
  OutgoingCall out(call);
  out.metadata() = call.metadata();
  const Result<void> called = service.channel.unary(out, index, request, reply);
  call.response_metadata() = out.response_metadata();
  return called;
}

}  // namespace holon::gateway
