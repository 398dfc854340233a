#include "control/assignment.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

namespace holon::control {
namespace {

/// FNV-1a, mixed once more (the finalizer of MurmurHash3), as names differ in their last letters alone. The same on all nodes.
std::uint64_t affinity(const std::string& replica, const std::string& node) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char byte : replica + '\n' + node) hash = (hash ^ byte) * 0x100000001b3;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

}  // namespace

std::map<std::string, std::string> share_out(const std::vector<ReplicatedHost>& hosts, const std::set<std::string>& nodes) {
  std::map<std::string, std::string> shares;
  if (nodes.empty()) return shares;
  for (const ReplicatedHost& host : hosts) {
    std::map<std::string, int> replicas;  // of this host, by node
    for (int i = 0; i < host.replicas; ++i) {
      const std::string replica = host.name + "." + std::to_string(i);
      const auto rank = [&](const std::string& node) { return std::tuple(-replicas[node], affinity(replica, node)); };
      const std::string& node = *std::ranges::max_element(nodes, {}, rank);
      ++replicas[node];
      shares.emplace(replica, node);
    }
  }
  return shares;
}

Assignment::Assignment(std::string node, std::vector<ReplicatedHost> hosts, AssignmentPolicy policy)
    : node_(std::move(node)), hosts_(std::move(hosts)), policy_(policy) {}

// A lease begins when the members of etcd grant it, which is after it was asked for: by this node's clock it ends too early.
void Assignment::granted(env::Time asked) { safe_until_ = std::max(safe_until_, asked + policy_.lease - policy_.margin); }

void Assignment::lost() {
  safe_until_ = env::Time::min();
  claims_.clear();
}

void Assignment::learned(std::set<std::string> nodes, std::map<std::string, std::string> holders) {
  if (nodes != nodes_) wishes_ = share_out(hosts_, nodes);
  nodes_ = std::move(nodes);
  holders_ = std::move(holders);
}

void Assignment::share(std::vector<ReplicatedHost> hosts) {
  if (hosts == hosts_) return;
  hosts_ = std::move(hosts);
  wishes_ = share_out(hosts_, nodes_);
}

bool Assignment::has_another(const std::string& replica) const {
  const auto found = holders_.find(replica);
  return found != holders_.end() && found->second != node_;
}

/// Without a lease. What is known of the others is old, and nothing can be claimed.
std::vector<AssignmentStep> Assignment::cut_off(const Here& here) const {
  std::vector<AssignmentStep> steps;
  if (policy_.goes_on) return steps;
  std::set<std::string> replicas = here.running;
  replicas.insert(here.wanted.begin(), here.wanted.end());  // one that ended would start again
  for (const std::string& replica : replicas) steps.push_back({Kind::kill, replica});
  return steps;
}

std::optional<AssignmentStep::Kind> Assignment::step_of(const std::string& replica, const Here& here) const {
  const auto wish = wishes_.find(replica);
  const bool wished = !leaving_ && wish != wishes_.end() && wish->second == node_;
  const bool wanted = here.wanted.contains(replica);
  const bool runs = here.running.contains(replica);
  if (!claims_.contains(replica)) {
    if (wished && !has_another(replica)) return Kind::claim;
    if (runs || wanted) return Kind::kill;
    const auto holder = holders_.find(replica);  // this node, if it was not told that a claim of its own had come about
    return holder != holders_.end() && holder->second == node_ ? std::optional(Kind::release) : std::nullopt;
  }
  if (wished) return wanted ? std::nullopt : std::optional(Kind::start);
  if (wanted) return Kind::drain;
  return runs ? std::nullopt : std::optional(Kind::release);
}

std::vector<AssignmentStep> Assignment::due(env::Time now, const Here& here) const {
  if (!holds(now)) return cut_off(here);
  std::vector<AssignmentStep> steps;
  if (!leaving_ && !nodes_.contains(node_)) return steps;  // it is not written down yet that this node is there
  std::set<std::string> replicas = here.running;  // those among them that no host has any more, too
  for (const auto& [replica, node] : wishes_) replicas.insert(replica);
  replicas.insert(claims_.begin(), claims_.end());
  for (const auto& [replica, node] : holders_) replicas.insert(replica);
  for (const std::string& replica : replicas) {
    if (const std::optional<Kind> kind = step_of(replica, here)) steps.push_back({*kind, replica});
  }
  return steps;
}

}  // namespace holon::control
