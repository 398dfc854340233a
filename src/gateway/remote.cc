#include "gateway/remote.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "fiber/call.h"
#include "holon/outgoing_call.h"

namespace holon::gateway {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

Remote::Remote(client::Pools& pools, const Contracts& contracts, const std::string& caller)
    : caller_(caller), refs_({}, &pools) {
  for (const ServiceDescriptor* descriptor : contracts.services()) {
    Service& service = services_.try_emplace(descriptor, *descriptor).first->second;
    service.binding = &refs_.bind_outsider(service.dynamic.info(), caller_);
  }
}

Result<void> Remote::unary(Call& call, const MethodDescriptor& method, const google::protobuf::Message& request,
                           google::protobuf::Message& reply) const {
  const internal::Binding& way = binding(*method.service());
  const auto index = static_cast<unsigned>(method.index());
  internal::CallAccess::set_method(call, &way.callee->methods[index]);
  OutgoingCall out(call);
  out.metadata() = call.metadata();
  const Result<void> called = way.channel->unary(out, index, request, reply);
  call.response_metadata() = out.response_metadata();
  return called;
}

}  // namespace holon::gateway
