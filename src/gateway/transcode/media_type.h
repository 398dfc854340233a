// Media types as Content-Type and Accept say them (RFC 9110, 8.3 and 12.5.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holon::gateway {

struct MediaType {
  std::string type;     ///< "application/json", in lower case, without parameters
  std::string charset;  ///< in lower case, or empty

  /// "application/json" and all that end in "+json".
  bool json() const;
  /// JSON values one after the other: NDJSON and its other names, and JSON itself, a sequence of one.
  bool json_sequence() const;
  /// Whether text of it is UTF-8: it says so, or nothing, or US-ASCII.
  bool utf8() const;
};

/// Nothing if it is malformed.
std::optional<MediaType> parse_media_type(std::string_view text);

/// How much `accept`, the values of all Accept headers joined by commas, wants `type` ("application/json"): 0, not at all, to
/// 1000. The most specific range decides. Without any range everything is wanted; a range that is malformed is none.
int wanted(std::string_view accept, std::string_view type);

}  // namespace holon::gateway
