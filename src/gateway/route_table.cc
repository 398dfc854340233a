#include "gateway/route_table.h"

#include <algorithm>

namespace holon::gateway {
namespace {

bool has_header(const HeaderMatch& wanted, const RouteTable::Query& query) {
  return std::ranges::any_of(query.headers, [&](const auto& header) {
    return header.first == wanted.name && (!wanted.value || header.second == *wanted.value);
  });
}

/// A route of GET answers HEAD, too (RFC 9110, 9.3.2).
bool has_method(const std::vector<std::string>& methods, std::string_view method) {
  return std::ranges::find(methods, method) != methods.end() ||
         (method == "HEAD" && std::ranges::find(methods, "GET") != methods.end());
}

}  // namespace

std::string host_of(std::string_view authority) {
  const std::size_t end = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  std::string host(authority.substr(0, authority.find(':', end == authority.npos ? 0 : end)));
  for (char& c : host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (host.ends_with('.')) host.pop_back();
  return host;
}

bool host_fits(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*.")) return pattern == host;
  const std::string_view domain = pattern.substr(1);  // ".shop.example"
  return host.size() > domain.size() && host.ends_with(domain);
}

bool path_fits(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with("/**")) return pattern == path;
  const std::string_view above = pattern.substr(0, pattern.size() - 3);
  return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
}

RouteTable::RouteTable(const std::vector<RouteConfig>& routes) : routes_(routes) {}

bool RouteTable::fits(const RouteConfig& route, const Query& query, std::string_view host, std::string_view path) const {
  if (!path_fits(route.path, path)) return false;
  if (!route.methods.empty() && !has_method(route.methods, query.method)) return false;
  const auto has_host = [&](const std::string& pattern) { return host_fits(pattern, host); };
  if (!route.hosts.empty() && std::ranges::none_of(route.hosts, has_host)) return false;
  return std::ranges::all_of(route.headers, [&](const HeaderMatch& wanted) { return has_header(wanted, query); });
}

std::optional<std::size_t> RouteTable::first(const Query& query, std::string_view host, std::string_view path) const {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (fits(routes_[i], query, host, path)) return i;
  }
  return std::nullopt;
}

Result<std::optional<std::size_t>> RouteTable::find(const Query& query) const {
  const std::string host = host_of(query.authority);
  const std::optional<std::size_t> found = first(query, host, query.path.strict);
  if (query.path.lenient != query.path.strict && first(query, host, query.path.lenient) != found) {
    return invalid_argument("the path can be read in two ways, which lead to different routes: write it without encoded or "
                            "repeated slashes, backslashes and parameters");
  }
  return found;
}

}  // namespace holon::gateway
