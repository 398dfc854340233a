// Router: which method of which service answers an HTTP request.
//
//   Router router;
//   TRY(router.add({route, method}));
//   auto found = router.find("GET", "/v1/shelves/7");
//   if (auto* match = std::get_if<Router::Match>(&found)) …
//
// Where several routes fit, the one with the more exact segment wins, from the left: a literal over `*`, `*` over `**`.
// A route with a verb (":archive") wins over one that would take the verb as part of a segment. HEAD is served by the
// route of GET if it has none of its own. Filled at start, then read by any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "contract/route.h"
#include "holon/result.h"

namespace holon::gateway {

struct RequestedSegment;

/// A route and the method it leads to.
struct Entry {
  contract::Route route;
  const google::protobuf::MethodDescriptor* method;
};

class Router {
 public:
  /// `values` are what the path gives to `entry->route.path.variables()`, decoded.
  struct Match {
    const Entry* entry;
    std::vector<std::string> values;
  };
  /// 400 for a path that can't be decoded, 404, or 405 with the methods that `allow` lists for the path: OPTIONS, which has a
  /// route only where a contract says so, is among them, and HEAD where there is GET.
  struct Miss {
    int status;
    std::string why;
    std::string allow;
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;

  /// ALREADY_EXISTS if another route has the same HTTP method and fits the same paths.
  Result<void> add(Entry entry);

  /// @param path  as it came, percent-encoded, without a query
  std::variant<Match, Miss> find(std::string_view http_method, std::string_view path) const;

 private:
  struct Node;
  struct Search;
  struct Verbal;

  std::string why_unknown(std::string_view path, std::vector<RequestedSegment> segments) const;

  std::vector<std::unique_ptr<Entry>> entries_;
  std::unique_ptr<Node> root_;
};

}  // namespace holon::gateway
