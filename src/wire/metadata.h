// Which metadata go along with a call: the same names and values between processes and within one.
#pragma once

#include <string_view>

namespace holon::wire {

/// The claims of a call (holon/claims.h), as JSON.
constexpr std::string_view claims_name = "holon-claims-bin";

/// In trailers: when the call may be made again, in milliseconds; not at all, if that is negative (gRFC A6).
constexpr std::string_view push_back_name = "grpc-retry-pushback-ms";

/// In trailers: the call was turned away before its handler began, so that it may be made again whatever it does.
constexpr std::string_view unbegun_name = "holon-unbegun";

/// Names that have a meaning here or for HTTP, and so are nobody's metadata. What a service says to the gateway, or to whoever
/// would call again, passes.
inline bool is_reserved(std::string_view name) {
  if (name == "holon-http-status" || name == claims_name || name == push_back_name || name == unbegun_name) return false;
  return name.starts_with(':') || name.starts_with("grpc-") || name.starts_with("holon-") || name == "content-type" ||
         name == "te" || name == "user-agent" || name == "traceparent" || name == "content-length" || name == "host" ||
         name == "connection" || name == "keep-alive" || name == "proxy-connection" || name == "transfer-encoding" ||
         name == "upgrade";
}

/// Names of the context that a call has of itself (W3C's, and its claims): they travel as metadata do, and are none.
constexpr std::string_view context_names[] = {"tracestate", "baggage", claims_name};

inline bool is_metadata_name(std::string_view name) {
  for (char c : name) {
    bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!allowed) return false;
  }
  return !name.empty();
}

/// Printable ASCII that neither begins nor ends with a blank.
inline bool is_text_value(std::string_view value) {
  for (char c : value) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return !value.starts_with(' ') && !value.ends_with(' ');
}

/// Whether an entry can be sent: what is reserved, no name, or no text under a name that does not end in -bin, stays behind.
inline bool is_carried(std::string_view name, std::string_view value) {
  return !is_reserved(name) && is_metadata_name(name) && (name.ends_with("-bin") || is_text_value(value));
}

}  // namespace holon::wire
