#include "node/dashboard/guard.h"

#include <array>
#include <algorithm>

#include "env/reactor.h"

namespace holon::node {
namespace {

/// "localhost" of "localhost:9000", "[::1]" of "[::1]:9000".
std::string_view host_of(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? authority.substr(0, colon) : authority;
}

/// A name that only looks like an address ("127.0.0.1.rebind.example") is none.
bool is_this_machine(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && env::is_ip_address(std::string(host));
}

bool fields_are(const server::HttpRequest& request, std::string_view name, std::string_view value) {
  return std::ranges::all_of(request.headers, [&](const auto& field) { return field.first != name || field.second == value; });
}

}  // namespace

std::optional<Refused> refuse_host(const server::HttpRequest& request) {
  if (is_this_machine(host_of(request.authority))) return {};
  return Refused{421, "dashboard.foreign_host",
                 permission_denied("the dashboard is called by localhost or 127.0.0.1, not by " + request.authority)};
}

std::optional<Refused> refuse_page(const server::HttpRequest& request) {
  const bool own = fields_are(request, "origin", "http://" + request.authority) &&
                   (fields_are(request, "sec-fetch-site", "same-origin") || fields_are(request, "sec-fetch-site", "none"));
  if (own) return {};
  return Refused{403, "dashboard.foreign_page", permission_denied("only the dashboard's own page may ask for this")};
}

std::optional<Refused> refuse_key(const server::HttpRequest& request, const DashboardKey& key) {
  constexpr std::string_view scheme = "Bearer ";
  std::string_view given = request.header("authorization");
  if (given.empty()) {
    return Refused{401, "dashboard.no_key", unauthenticated("this needs the key: open the link that `holon up` printed")};
  }
  if (given.starts_with(scheme) && key.fits(given.substr(scheme.size()))) return {};
  return Refused{401, "dashboard.wrong_key",
                 unauthenticated("this is not the key of this node: open the link that `holon up` printed")};
}

}  // namespace holon::node
