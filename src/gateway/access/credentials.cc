#include "gateway/access/credentials.h"

#include <algorithm>

namespace holon::gateway {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// "Bearer TOKEN" (RFC 6750, 2.1); a scheme has no case (RFC 9110, 11.1).
bool take_bearer(std::string_view& text) {
  constexpr std::string_view scheme = "bearer";
  auto same = [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); };
  if (text.size() <= scheme.size() || text[scheme.size()] != ' ') return false;
  if (!std::equal(scheme.begin(), scheme.end(), text.begin(), same)) return false;
  text.remove_prefix(scheme.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  return !text.empty();
}

void find_in_header(const Credential::Place& place, HeaderSpan headers, std::vector<Credential>& into) {
  for (const auto& [name, value] : headers) {
    if (name != place.header) continue;
    Credential found{place, trimmed(value), true};
    if (place.kind == Credential::Kind::token) found.readable = take_bearer(found.text);
    into.push_back(std::move(found));
  }
}

/// RFC 6265, 5.4; HTTP/2 may cut a cookie header in pieces (RFC 9113, 8.2.3).
void find_in_cookies(const Credential::Place& place, HeaderSpan headers, std::vector<Credential>& into) {
  for (const auto& [name, value] : headers) {
    if (name != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t equals = pair.find('=');
      if (equals == pair.npos || pair.substr(0, equals) != place.cookie) continue;
      into.push_back({place, pair.substr(equals + 1), true});
    }
  }
}

}  // namespace

std::vector<Credential> find_credentials(const std::vector<Credential::Place>& places, HeaderSpan headers) {
  std::vector<Credential> found;
  for (auto place = places.begin(); place != places.end(); ++place) {
    if (std::find(places.begin(), place, *place) != place) continue;
    place->cookie.empty() ? find_in_header(*place, headers, found) : find_in_cookies(*place, headers, found);
  }
  return found;
}

}  // namespace holon::gateway
