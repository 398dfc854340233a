// Dates as HTTP spells them (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holon::wire {

/// Seconds since 1970, without leap seconds.
using UnixSeconds = std::int64_t;

/// For the years 1 to 9999.
std::string http_date(UnixSeconds time);

/// Reads the form of today, and the two that were once (RFC 850's, asctime's). A year of two digits is in the past, or less
/// than 50 years after `now`.
std::optional<UnixSeconds> parse_http_date(std::string_view text, UnixSeconds now);

}  // namespace holon::wire
