#include "gateway/request_path.h"

#include <algorithm>

#include "config/utf8.h"

namespace holon::gateway {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

bool is_dots(std::string_view segment) { return segment == "." || segment == ".."; }

/// Whether a segment of a path whose separators are slashes alone is "." or "..".
bool has_dots(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (is_dots(path.substr(0, slash))) return true;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return false;
}

/// What the most lenient of servers would read out of a decoded path.
std::string lenient(std::string_view decoded) {
  std::string read;
  bool parameters = false;
  for (char c : decoded) {
    if (c == '\\') c = '/';
    if (c == '/') parameters = false;
    if (c == ';') parameters = true;
    if (parameters || (c == '/' && read.ends_with('/'))) continue;
    read += c;
  }
  return read;
}

}  // namespace

Result<RequestPath> read_path(std::string_view path) {
  if (!path.starts_with('/')) return invalid_argument("the path does not begin with a slash");
  RequestPath read;
  std::string decoded;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      read.strict += path[i];
      decoded += path[i];
      continue;
    }
    const int high = i + 2 < path.size() ? hex_digit(path[i + 1]) : -1;
    const int low = i + 2 < path.size() ? hex_digit(path[i + 2]) : -1;
    if (high < 0 || low < 0) return invalid_argument("the path has a % without two hexadecimal digits behind it");
    const char c = static_cast<char>(high * 16 + low);
    decoded += c;
    if (is_unreserved(c)) {
      read.strict += c;
    } else {
      read.strict += path.substr(i, 3);
    }
    i += 2;
  }
  if (decoded.find('\0') != decoded.npos) return invalid_argument("the path has a zero byte in it");
  if (!config::valid_utf8(decoded)) return invalid_argument("the path is no UTF-8");
  read.lenient = lenient(decoded);
  if (has_dots(read.strict) || has_dots(read.lenient)) {
    return invalid_argument("the path has a segment \".\" or \"..\"; write it without them");
  }
  return read;
}

}  // namespace holon::gateway
