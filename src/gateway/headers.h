// Which headers pass through the gateway, and under which name. Nothing else does, in either direction.
//
// To the service, as metadata of the call: cookie, accept, accept-language, referer, x-request-id, and user-agent as
// x-user-agent (gRPC has a user-agent of its own). The trace (traceparent, tracestate, baggage) becomes the call's own.
// To the client, from the call's response metadata: set-cookie (each), location, cache-control, etag, vary,
// content-disposition; and `holon-http-status`, the status of an answer that is a google.api.HttpBody.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/access/header_span.h"
#include "holon/call.h"

namespace holon::gateway {

/// What a service reads in `call.metadata()` of a request's headers.
Metadata pass_request(HeaderSpan headers);

/// The trace that a request goes on with, or none.
struct TraceHead {
  TraceContext trace;
  std::string tracestate;
  std::string baggage;
};
TraceHead read_trace(HeaderSpan headers);

/// W3C trace context, level 1; nothing if it is malformed.
std::optional<TraceContext> parse_traceparent(std::string_view text);

using HeaderList = std::vector<std::pair<std::string, std::string>>;
/// Appends what passes from a call's response metadata.
void pass_response(const Metadata& metadata, HeaderList& headers);
/// `holon-http-status`, if it is there and from 200 to 599.
std::optional<int> chosen_status(const Metadata& metadata);

}  // namespace holon::gateway
