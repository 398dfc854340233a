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

#include "holon/call.h"
#include "wire/http2.h"

namespace holon::gateway {

/// What the head of a request says to the call it becomes.
struct CallHead {
  Metadata metadata;
  TraceContext trace;  ///< the caller's, or none
  std::string tracestate;
  std::string baggage;
  std::string content_type;
  std::string request_id;  ///< as it came, or empty
};
CallHead read_head(wire::Headers headers);

/// W3C trace context, level 1; nothing if it is malformed.
std::optional<TraceContext> parse_traceparent(std::string_view text);

using HeaderList = std::vector<std::pair<std::string, std::string>>;
/// Appends what passes from a call's response metadata.
void pass_response(const Metadata& metadata, HeaderList& headers);
/// `holon-http-status`, if it is there and from 200 to 599.
std::optional<int> chosen_status(const Metadata& metadata);

}  // namespace holon::gateway
