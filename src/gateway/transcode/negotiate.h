// What a request's Content-Type and Accept say, held against what its route takes and gives.
#pragma once

#include <optional>
#include <string>

#include "gateway/transcode/router.h"
#include "server/http_exchange.h"

namespace holon::gateway {

/// How an answer is written.
enum class Form {
  json,    ///< one reply as application/json
  lines,   ///< a stream of replies as application/x-ndjson
  events,  ///< the same as text/event-stream
  raw,     ///< a google.api.HttpBody, or a stream of them, of whatever type it has
};

/// Why the route does not take a body of the type that the request has, and what it takes; nothing if it does.
std::optional<std::string> refused_type(const Entry& entry, const server::HttpRequest& request);

/// The form that the request wants most of those that the route can answer in; nothing if it wants none of them. A stream may
/// be asked for as application/json, too: that is what its lines are.
std::optional<Form> wanted_form(const Entry& entry, const server::HttpRequest& request);
/// What the route can answer in, for those who want something else: "application/x-ndjson or text/event-stream".
std::string forms_of(const Entry& entry);

}  // namespace holon::gateway
