// RouteTable: which rule of the configuration a request falls under: the first that fits it.
//
//   RouteTable table(config.routes);
//   const RouteTable::Found found = TRY(table.find({"shop.example:8080", TRY(read_path(path)), "GET", request.headers}));
//   if (found.route) use(config.routes[*found.route]);
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/config.h"
#include "gateway/request_path.h"

namespace holon::gateway {

class RouteTable {
 public:
  /// @param routes  outlive it
  explicit RouteTable(const std::vector<RouteConfig>& routes);

  /// What a request is found by.
  struct Query {
    std::string_view authority;  ///< as the client sees it, with or without port
    const RequestPath& path;
    std::string_view method;
    std::span<const std::pair<std::string, std::string>> headers;  ///< names in lower case
  };
  /// The rule's index; nothing if none fits. INVALID_ARGUMENT if a server behind the gateway might read the path so that it
  /// falls under another rule.
  Result<std::optional<std::size_t>> find(const Query& query) const;

 private:
  bool fits(const RouteConfig& route, const Query& query, std::string_view host, std::string_view path) const;
  std::optional<std::size_t> first(const Query& query, std::string_view host, std::string_view path) const;

  const std::vector<RouteConfig>& routes_;
};

/// Whether `pattern` ("/a/b", or "/a/**": "/a" and all below) has `path`.
bool path_fits(std::string_view pattern, std::string_view path);
/// Whether `pattern` ("shop.example", "*.shop.example") has `host`, which is in lower case and has no port. A wildcard stands
/// for one or more labels.
bool host_fits(std::string_view pattern, std::string_view host);
/// "shop.example" of "Shop.Example:8080", "[::1]" of "[::1]:80"; a dot at the end goes, too.
std::string host_of(std::string_view authority);

}  // namespace holon::gateway
