#include "gateway/content/redirect.h"

#include <algorithm>
#include <array>

#include "gateway/content/file_path.h"

namespace holon::gateway {
namespace {

constexpr std::array<std::string_view, 4> placeholders = {"{scheme}", "{host}", "{path}", "{query}"};

/// What of an URL's reserved and unreserved characters (RFC 3986, 2.2 and 2.3) may stand there as it is; "%" begins an escape
/// of the client's own.
bool stands_in_a_url(unsigned char c) {
  constexpr std::string_view others = "\"<>\\^`{|}";
  return c > ' ' && c < 0x7F && others.find(static_cast<char>(c)) == others.npos;
}

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    if (stands_in_a_url(c)) {
      out += static_cast<char>(c);
    } else {
      out.append({'%', digits[c >> 4], digits[c & 15]});
    }
  }
  return out;
}

/// The placeholder at the beginning of `text`, or empty.
std::string_view placeholder_at(std::string_view text) {
  const auto found = std::ranges::find_if(placeholders, [&](std::string_view name) { return text.starts_with(name); });
  return found == placeholders.end() ? std::string_view() : *found;
}

std::string value_of(std::string_view placeholder, const Visit& visit) {
  const server::HttpRequest& request = visit.request();
  if (placeholder == "{scheme}") return visit.visitor().scheme;
  if (placeholder == "{host}") return escaped(visit.visitor().host);
  if (placeholder == "{path}") return escaped(local_path(request.path() == "*" ? "/" : request.path()));
  return request.query().empty() ? "" : "?" + escaped(request.query());
}

std::string expand(std::string_view to, const Visit& visit) {
  std::string location;
  for (std::string_view rest = to; !rest.empty();) {
    const std::string_view placeholder = placeholder_at(rest);
    location += placeholder.empty() ? rest.substr(0, 1) : value_of(placeholder, visit);
    rest.remove_prefix(std::max<std::size_t>(placeholder.size(), 1));
  }
  // "/{path}" gives "//path", which a browser takes for the name of a server.
  return to.starts_with('/') && !to.starts_with("//") ? local_path(location) : location;
}

}  // namespace

Result<void> check_redirect(std::string_view to) {
  if (!to.starts_with('/') && !to.starts_with("{path}") && to.find("://") == to.npos) {
    return invalid_argument("\"" + std::string(to) + "\" is no place to redirect to: begin it with https:// or /");
  }
  for (std::string_view rest = to; !rest.empty();) {
    const std::string_view placeholder = placeholder_at(rest);
    if (placeholder.empty() && !stands_in_a_url(static_cast<unsigned char>(rest.front()))) {
      const std::string unknown(rest.substr(0, rest.front() == '{' ? std::min(rest.size(), rest.find('}') + 1) : 1));
      return invalid_argument("\"" + unknown + "\" in the redirect is none of {scheme}, {host}, {path}, {query}, and may not "
                              "stand in a URL");
    }
    rest.remove_prefix(std::max<std::size_t>(placeholder.size(), 1));
  }
  return {};
}

void Redirect::serve(Visit& visit) const {
  visit.respond(config_.status, {{"location", expand(config_.to, visit)}}, {});
}

}  // namespace holon::gateway
