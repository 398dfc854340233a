#include "gateway/callees.h"

#include <algorithm>

#include "config/suggest.h"
#include "env/reactor.h"
#include "gateway/route_table.h"

namespace holon::gateway {
namespace {

/// Whether a request's host is that of the address that was dialled: then it names no service.
bool is_own(const std::string& host) {
  if (host.empty() || host == "localhost") return true;
  return env::is_ip_address(host.starts_with('[') ? host.substr(1, host.size() - 2) : host);
}

/// "shop.Cart" of "/shop.Cart/GetCart"
std::string_view contract_in(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

bool has(const std::vector<std::string>& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

}  // namespace

Result<std::size_t> Callees::by_authority(std::string_view authority) const {
  const std::string host = host_of(authority);
  if (is_own(host)) {
    return invalid_argument("the request names no service; " + caller_ + " may call " + config::listed(names()) +
                            ": send `Host: " + callees_.front().name + "`");
  }
  const auto found = std::ranges::find(callees_, host, &Arguments::Callee::name);
  if (found == callees_.end()) return undeclared(host);
  return static_cast<std::size_t>(found - callees_.begin());
}

Result<void> Callees::check_call(std::string_view path, std::string_view authority) const {
  const std::string_view contract = contract_in(path);
  const auto found = std::ranges::find_if(callees_, [&](const auto& callee) { return has(callee.contracts, contract); });
  if (found == callees_.end()) return undeclared(contract);
  const std::string host = host_of(authority);
  if (is_own(host) || host == found->name) return {};
  if (!has(names(), host)) return undeclared(host);
  return invalid_argument(std::string(contract) + " is answered by " + found->name + "; the call's authority names " + host);
}

Error Callees::undeclared(std::string_view wanted) const {
  return permission_denied(caller_ + " may not call " + std::string(wanted) + ": its `calls:` in holon.yaml has " +
                           config::listed(names()) + "; add it there");
}

std::vector<std::string> Callees::names() const {
  std::vector<std::string> names;
  for (const Arguments::Callee& callee : callees_) names.push_back(callee.name);
  return names;
}

}  // namespace holon::gateway
