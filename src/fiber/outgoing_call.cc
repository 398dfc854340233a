#include "holon/outgoing_call.h"

#include <algorithm>

#include "fiber/call.h"

namespace holon {

using internal::CallAccess;
using internal::CallFlag;

OutgoingCall::OutgoingCall(const Call& call)
    : Call(CallAccess::root(call), CallAccess::scope(call), call.deadline(), call.caller()) {
  method_ = CallAccess::method(call);
  hops_ = static_cast<std::uint8_t>(call.hops());
  priority_ = static_cast<std::uint8_t>(CallAccess::priority(call));
  trace_ = call.trace();  // the callee's parent is `call`: an OutgoingCall has no span of its own
  flags_ = CallFlag::outgoing;
}

Metadata& OutgoingCall::metadata() { return extra().metadata; }
const Metadata& OutgoingCall::response_metadata() const { return extra().response_metadata; }
const Metadata& OutgoingCall::response_trailers() const { return extra().response_trailers; }
bool OutgoingCall::response_compressed() const { return CallAccess::has(*this, CallFlag::came_compressed); }

OutgoingCall& OutgoingCall::timeout(std::chrono::nanoseconds duration) {
  deadline_ = std::min(deadline_, fiber::Loop::current()->environment().now() + duration);
  return *this;
}

OutgoingCall& OutgoingCall::wait_for_ready(bool wait) {
  CallAccess::set(*this, CallFlag::wait_for_ready, wait);
  return *this;
}

OutgoingCall& OutgoingCall::compress(bool compress) {
  Call::compress(compress);
  return *this;
}

}  // namespace holon
