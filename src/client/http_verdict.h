// What an HTTP answer says of the server that gave it, and of another attempt: as the codes of gRPC calls do (outbound.h, retry.h).
// Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "client/breaker.h"
#include "client/retry.h"

namespace holon::client {

/// 5xx but for what the server says it can't do at all: it did not do what it should.
Outcome outcome_of(int status);

/// How a request failed that was answered so; nothing if asking again would be of no use. 503, and 429 of a server that says when it
/// may be asked, are about the moment. 502 and 504 tell of a failure further down (RFC 9110, 15.6.3 and 15.6.5): whoever was nearest
/// to that has tried again already.
/// @param retry_after  the header's value, or empty (10.2.3)
std::optional<Failure> failure_of(int status, std::string_view retry_after);

}  // namespace holon::client
