#include "wire/http_rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "config/utf8.h"
#include "wire/http1_gate.h"

namespace holon::wire {
namespace {

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = config::utf8_character(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

/// Whether a segment is "." or "..", of a path whose escapes are resolved; a backslash separates where it is taken for a slash.
bool has_dot_segments(std::string_view path) {
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find_first_of("/\\", at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    if (segment == "." || segment == "..") return true;
    at = end + 1;
  }
  return false;
}

/// Of a path with escapes.
HttpVerdict check_escapes(std::string_view path) {
  std::string text;
  text.reserve(path.size());
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] != '%') {
      text += path[at];
      continue;
    }
    const int high = at + 2 < path.size() ? hex_value(path[at + 1]) : -1;
    const int low = at + 2 < path.size() ? hex_value(path[at + 2]) : -1;
    if (high < 0 || low < 0) return &http_rule::path_escape;
    if (high == 0 && low == 0) return &http_rule::path_nul;
    text += static_cast<char>(high << 4 | low);
    at += 2;
  }
  if (!is_utf8(text)) return &http_rule::path_utf8;
  return has_dot_segments(text) ? &http_rule::path_dots : nullptr;
}

bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5) return false;
  std::uint32_t number = 0;
  for (char c : port) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return number > 0 && number <= 65'535;
}

/// A name or an IPv4 address.
bool is_host_name(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
  });
}

/// What stands between brackets; whether there is such an address is for others to say.
bool is_ipv6(std::string_view address) {
  return address.size() >= 2 && address.find(':') != std::string_view::npos &&
         std::all_of(address.begin(), address.end(), [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
}

}  // namespace

/// Beside HTTP's own those of the IANA registry that a contract may choose (google.api.http, `custom`) and that llhttp knows. None
/// of them changes how a message is framed; CONNECT does, and TRACE would repeat what others added.
HttpVerdict check_method(std::string_view method) {
  constexpr auto known = std::to_array<std::string_view>(
      {"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "SEARCH", "REPORT", "PROPFIND", "PROPPATCH", "COPY", "MOVE",
       "MKCOL", "LOCK", "UNLOCK", "LINK", "UNLINK", "PURGE", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE"});
  if (std::find(known.begin(), known.end(), method) != known.end()) return nullptr;
  return is_token(method) ? &http_rule::method_unknown : &http_rule::method_token;
}

HttpVerdict check_authority(std::string_view authority) {
  if (authority.empty()) return &http_rule::authority;
  const bool bracketed = authority.front() == '[';
  const std::size_t close = bracketed ? authority.find(']') : 0;
  if (close == std::string_view::npos) return &http_rule::authority;
  const std::size_t end = std::min(authority.find(':', close), authority.size());
  if (bracketed && end != close + 1) return &http_rule::authority;
  const std::string_view host = authority.substr(0, end);
  const bool fits = bracketed ? is_ipv6(host.substr(1, host.size() - 2)) : is_host_name(host);
  if (!fits || (end < authority.size() && !is_port(authority.substr(end + 1)))) return &http_rule::authority;
  return nullptr;
}

HttpVerdict check_target(std::string_view method, std::string_view target, std::size_t bytes_max) {
  if (target.size() > bytes_max) return &http_rule::target_long;
  if (target == "*" && method == "OPTIONS") return nullptr;
  if (!target.starts_with('/')) return &http_rule::target_form;
  const bool clean = std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (!clean) return &http_rule::target_characters;
  const std::string_view path = target.substr(0, target.find('?'));
  if (path.find('%') != std::string_view::npos) return check_escapes(path);
  const bool dots = path.find("/.") != std::string_view::npos || path.find('\\') != std::string_view::npos;
  return dots && has_dot_segments(path) ? &http_rule::path_dots : nullptr;
}

}  // namespace holon::wire
