// The pieces of a request target: percent-encoding (RFC 3986) and queries.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "holon/result.h"

namespace holon::gateway {

/// Decodes `%XX`. Nothing if an escape is malformed or what comes out is no UTF-8.
/// @param keep  a character whose escape stays as it is written ("%2F" in variables of several segments); 0 is none
std::optional<std::string> percent_decode(std::string_view text, char keep = '\0');

/// "a=1&b=x+y" as names and values, decoded, in order; "+" is a space. INVALID_ARGUMENT names the parameter that is
/// malformed.
using Query = std::vector<std::pair<std::string, std::string>>;
Result<Query> parse_query(std::string_view text);

/// "/a/b?c=d" as "/a/b" and "c=d".
std::pair<std::string_view, std::string_view> split_target(std::string_view target);

}  // namespace holon::gateway
