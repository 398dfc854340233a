// The Control contract for the dashboard's page: POST /control/List with a ListRequest in JSON gives a line of JSON for each
// reply (application/x-ndjson), one of them for a unary method, as many as come for a stream. An error before the first reply
// has its own status and is a problem (RFC 9457); a later one is a last line, {"error": problem}. Only what reads can be called.
#pragma once

#include <string_view>

#include "holon/node/v1/node.holon.h"
#include "server/http_exchange.h"

namespace holon::node {

/// The method of Control that a page may call by this name ("List"); null if there is none.
const internal::MethodInfo* find_reading_method(std::string_view name);

/// Answers the exchange by calling `method`. Suspends until its stream ends, or the client has gone.
void serve_json(server::HttpExchange& exchange, v1::Control::Service& control, const internal::MethodInfo& method);

}  // namespace holon::node
