#include "control/directory.h"

namespace holon::control {

bool Directory::add(const Endpoint& endpoint, const std::vector<std::string>& services) {
  const std::pair key(endpoint.host, endpoint.node);
  Entry entry{endpoint, services};
  auto found = hosts_.find(key);
  if (found != hosts_.end() && found->second == entry) return false;
  if (found != hosts_.end()) remove(endpoint.host, endpoint.node);
  for (const std::string& service : services) services_[service].insert(endpoint);
  hosts_.emplace(key, std::move(entry));
  ++version_;
  return true;
}

bool Directory::remove(const std::string& host, const std::string& node) {
  auto found = hosts_.find({host, node});
  if (found == hosts_.end()) return false;
  for (const std::string& service : found->second.services) services_[service].erase(found->second.endpoint);
  hosts_.erase(found);
  ++version_;
  return true;
}

}  // namespace holon::control
