// Conditional requests (RFC 9110, section 13): whether a client has already what it asks for, or means another version.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/http_date.h"
#include "server/http_exchange.h"

namespace holon::gateway {

/// What tells a version of something from the others (RFC 9110, 8.8).
struct Validators {
  std::string etag;  ///< with its quotes; strong unless it begins with `W/`
  wire::UnixSeconds modified = 0;
};

enum class Condition : std::uint8_t {
  met,           ///< answer as if nobody had asked
  not_modified,  ///< 304
  failed,        ///< 412
};

/// Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since in the order of 13.2.2. Only for requests
/// that would be answered with success.
Condition evaluate(const server::HttpRequest& request, const Validators& current, wire::UnixSeconds now);

/// Whether If-Range, if there is one, permits to answer with a part (13.1.5): a date must be that of the version, and a
/// second old at least, or a second version may have it too.
bool range_permitted(const server::HttpRequest& request, const Validators& current, wire::UnixSeconds now);

/// The tag of If-None-Match that means the same version as `etag`: the client may have a weak one, since what it got was
/// compressed on the way. `etag` itself if none does.
std::string known_etag(const server::HttpRequest& request, const std::string& etag);

}  // namespace holon::gateway
