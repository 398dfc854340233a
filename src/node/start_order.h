// StartOrder: which hosts wait for which others before they start: those they call. Hosts that call each other in a ring start
// together.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace holon::node {

class StartOrder {
 public:
  /// @param needs  the hosts that a host calls, by host
  explicit StartOrder(const std::map<std::string, std::set<std::string>>& needs);

  /// The hosts to wait for.
  const std::set<std::string>& before(const std::string& host) const;

 private:
  std::map<std::string, std::set<std::string>> before_;
};

}  // namespace holon::node
