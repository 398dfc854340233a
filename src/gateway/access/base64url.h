// base64url without padding (RFC 7515, appendix C; RFC 4648, section 5), strictly: one text for each sequence of bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holon::gateway {

/// Nothing for any other character (padding, blanks), a length that none has, or bits beyond the last byte that are not 0.
std::optional<std::string> base64url_decode(std::string_view text);
std::string base64url_encode(std::string_view bytes);

}  // namespace holon::gateway
