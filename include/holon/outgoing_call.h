// OutgoingCall: one call to another service, with what goes beside the request and what comes beside the reply.
//
//   holon::OutgoingCall out(call);                               // inherits deadline, cancellation, trace
//   out.metadata().add("x-tenant", "7");
//   out.timeout(std::chrono::milliseconds(50));
//   holon::Result<Cart> cart = cart_->GetCart(out, request);
//   out.response_metadata().get("x-cart-version");
//
// A handler's own Call does without: what others sent beside their request never leaks into the calls it makes. For one call
// at a time, streams too; it lives as long as the call, on the fiber of the Call it was made from.
//
// Names that gRPC, HTTP or holon give a meaning to are not carried, local or remote: those that begin with `grpc-` or
// `holon-`, and content-type, content-length, te, user-agent, host, connection, keep-alive, proxy-connection,
// transfer-encoding, upgrade, traceparent, tracestate, baggage. Nor are names of anything but a–z, 0–9, `-`, `_` and `.`, nor
// values beyond printable ASCII, unless the name ends in `-bin`: those are bytes.
#pragma once

#include <chrono>

#include "holon/call.h"

namespace holon {

class OutgoingCall final : public Call {
 public:
  /// @param call  outlives this one
  explicit OutgoingCall(const Call& call);

  /// What is sent beside the request, to this callee alone.
  Metadata& metadata();
  /// What came before the reply: complete once a unary call has returned or a stream gave its first message.
  const Metadata& response_metadata() const;
  /// What came after the reply: complete once a call has returned or a stream has ended.
  const Metadata& response_trailers() const;
  /// Whether the reply that was read last came compressed.
  bool response_compressed() const;

  /// Ends `duration` from now, if that is before the deadline.
  OutgoingCall& timeout(std::chrono::nanoseconds duration);
  /// Waits, as long as the call may take, for an endpoint that can be reached, instead of failing with UNAVAILABLE at once.
  OutgoingCall& wait_for_ready(bool wait = true);
  /// Compresses the requests written from here on (gzip), where they travel and it makes them smaller; a callee that does not
  /// understand that answers UNIMPLEMENTED. To be said for the first time before the call begins.
  OutgoingCall& compress(bool compress = true);
};

}  // namespace holon
