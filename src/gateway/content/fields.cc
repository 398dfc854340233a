#include "gateway/content/fields.h"

#include <algorithm>

namespace holon::gateway {

std::optional<std::string> list_field(const server::HttpRequest& request, std::string_view name) {
  std::optional<std::string> list;
  for (const auto& [key, value] : request.headers) {
    if (key != name) continue;
    list = list ? *list + "," + value : value;
  }
  return list;
}

std::optional<std::string_view> single_field(const server::HttpRequest& request, std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : request.headers) {
    if (key != name) continue;
    if (found) return std::nullopt;
    found = trimmed(value);
  }
  return found;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view next_part(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return trimmed(part);
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace holon::gateway
