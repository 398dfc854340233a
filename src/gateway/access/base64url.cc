#include "gateway/access/base64url.h"

#include <algorithm>

#include "contract/base64.h"

namespace holon::gateway {

// Whatever else was read is not what would have been written.
std::optional<std::string> base64url_decode(std::string_view text) {
  std::string bytes;
  if (!contract::base64_decode(text, bytes) || base64url_encode(bytes) != text) return {};
  return bytes;
}

std::string base64url_encode(std::string_view bytes) {
  std::string text;
  contract::append_base64(text, bytes);
  text.erase(text.find_last_not_of('=') + 1);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

}  // namespace holon::gateway
