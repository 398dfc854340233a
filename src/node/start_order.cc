#include "node/start_order.h"

namespace holon::node {
namespace {

using Needs = std::map<std::string, std::set<std::string>>;

bool leads_to(const Needs& needs, const std::string& from, const std::string& to, std::set<std::string>& seen) {
  if (from == to) return true;
  const auto found = needs.find(from);
  if (found == needs.end() || !seen.insert(from).second) return false;
  for (const std::string& next : found->second) {
    if (leads_to(needs, next, to, seen)) return true;
  }
  return false;
}

}  // namespace

StartOrder::StartOrder(const Needs& needs) {
  for (const auto& [host, callees] : needs) {
    for (const std::string& callee : callees) {
      std::set<std::string> seen;
      if (!leads_to(needs, callee, host, seen)) before_[host].insert(callee);
    }
  }
}

const std::set<std::string>& StartOrder::before(const std::string& host) const {
  static const std::set<std::string> nobody;
  const auto found = before_.find(host);
  return found == before_.end() ? nobody : found->second;
}

}  // namespace holon::node
