// What a supervisor does as one of several: which replicas run here its membership says, and where the others are.
#include <algorithm>
#include <utility>

#include "config/reader.h"
#include "node/supervisor.h"

namespace holon::node {

using control::HostState;

/// Gateway and outlet are on every node, for who comes in there; so are commands, as they answer on their own machine alone.
bool Supervisor::shared(const Member& member) const {
  return deployment_.cluster && member.process->start().kind == HostKind::program && !member.plan.host.services.empty();
}

bool Supervisor::shared(const std::string& replica) const {
  const Member* member = find(replica);
  return member != nullptr && shared(*member);
}

/// Of a host, on all nodes together; what is written down may be of somebody who has other bounds.
int Supervisor::replicas_wanted(const HostPlan& plan) const {
  const auto scaled = others_.scale.find(plan.host.name);
  return scaled != others_.scale.end() ? std::min(scaled->second, replicas_max) : plan.host.replicas;
}

/// A replica that runs since before this node did, of a host that holon.yaml has fewer of: what it was scaled to is known soon.
Supervisor::Member* Supervisor::scaled_before(const std::string& name) {
  const std::size_t dot = std::min(name.rfind('.'), name.size());
  const Member* first = find(name.substr(0, dot) + ".0");
  const std::optional<std::uint64_t> replica = config::parse_number(name.substr(std::min(dot + 1, name.size())));
  if (first == nullptr || !shared(*first) || !replica || *replica >= std::uint64_t{replicas_max}) return nullptr;
  return provide(replica_of(first->plan, static_cast<int>(*replica))).value();
}

std::vector<control::ReplicatedHost> Supervisor::shared_hosts() const {
  std::vector<control::ReplicatedHost> hosts;
  for (const auto& member : members_) {
    if (shared(*member) && member->plan.replica == 0) hosts.push_back({member->plan.host.name, replicas_wanted(member->plan)});
  }
  return hosts;
}

control::Assignment::Here Supervisor::here() const {
  control::Assignment::Here here;
  for (const auto& member : members_) {
    if (!shared(*member)) continue;
    if (member->here) here.wanted.insert(member->plan.name);
    if (member->process->life().running()) here.running.insert(member->plan.name);
  }
  return here;
}

void Supervisor::take(const std::string& replica) {
  Member* member = find(replica);
  if (member == nullptr || stopping_) return;
  member->here = true;
  member->cut = false;
  others_.stopped.contains(replica) ? member->process->stop() : start(replica);
  changed();
}

void Supervisor::give_up(const std::string& replica) {
  Member* member = find(replica);
  if (member == nullptr) return;
  leave(*member);
  // When the node ends, its gateway does so first: what has come in there finds what it needs.
  if (!stopping_ || !member->process->life().running()) member->process->stop();
  if (member->process->life().stopped()) close_doors(*member);
  changed();
}

void Supervisor::cut(const std::string& replica) {
  Member* member = find(replica);
  if (member == nullptr || std::exchange(member->cut, true)) return;
  leave(*member);
  member->process->kill();
  changed();
}

void Supervisor::leave(Member& member) {
  member.here = false;
  member.waits = false;
}

/// Nobody waits at the doors of what runs elsewhere. Where it answers other nodes the system chooses anew.
void Supervisor::close_doors(Member& member) {
  HostStart start = member.process->start();
  member.process->close();
  for (env::Address& door : start.doors) door.port = 0;
  member.process->prepare(std::move(start));
}

v1::ReplicaRecord Supervisor::record(const std::string& replica) const {
  v1::ReplicaRecord record;
  const Member* member = find(replica);
  if (member == nullptr) return record;
  for (const control::PlannedService& service : member->plan.host.services) record.add_services(service.contract);
  record.set_state(state_of(*member).state());
  const HostStart& start = member->process->start();
  const bool callable = member->process->life().state() == HostState::ready && !member->health->not_serving();
  if (callable && !start.doors.empty()) record.set_address("tls:" + start.doors.front().to_string());
  return record;
}

void Supervisor::learned(const ClusterView& view) {
  for (const auto& [replica, record] : others_.replicas) {
    const auto now = view.replicas.find(replica);
    const bool stays = now != view.replicas.end() && now->second.node() == record.node() && !now->second.address().empty();
    if (!stays) directory_.remove(replica, record.node());
  }
  for (const auto& [replica, record] : view.replicas) {
    if (record.address().empty()) continue;
    const control::Endpoint endpoint{.address = record.address(), .host = replica, .node = record.node(), .zone = record.zone()};
    directory_.add(endpoint, {record.services().begin(), record.services().end()});
  }
  const ClusterView before = std::exchange(others_, view);
  follow_wishes(before);
  changed();
}

/// What somebody wants of hosts, on whichever node it was said.
void Supervisor::follow_wishes(const ClusterView& before) {
  for (const auto& [host, replicas] : others_.scale) {
    const Member* first = find(host + ".0");
    if (first == nullptr || !shared(*first)) continue;
    const HostPlan plan = first->plan;
    for (int replica = 1; replica < std::min(replicas, replicas_max); ++replica) {
      Member& member = *provide(replica_of(plan, replica)).value();
      if (!member.here && !member.process->life().running()) member.process->stop();  // until it is this node's to run
    }
    const auto known = before.scale.find(host);
    if (known != before.scale.end() && known->second == replicas) continue;
    tell("scaled", host, "from here on " + std::to_string(replicas) + (replicas == 1 ? " replica" : " replicas"), nullptr);
  }
  for (const auto& member : members_) {
    if (!shared(*member) || !member->here) continue;
    const std::string& replica = member->plan.name;
    const bool stopped = others_.stopped.contains(replica);
    if (stopped == before.stopped.contains(replica)) continue;
    stopped ? stop(replica) : start(replica);
  }
}

/// Whoever was cut off may not go on, though the node holds a lease again: another node may have started the replica.
env::Duration Supervisor::may_run_for(const v1::MayRunRequest& who) const {
  const bool named = !who.host().empty();  // hosts of before that do not say who they are
  const Member* member = find(who.host());
  if (named && (member == nullptr || member->cut || member->process->process().pid != who.pid())) return env::Duration::zero();
  const env::Time now = loop_.environment().now();
  return now < alone_until_ ? alone_until_ - now : env::Duration::zero();
}

void Supervisor::keep_lease(std::int64_t lease) {
  lease_ = lease;
  save();
}

std::vector<std::string> Supervisor::other_nodes() const {
  std::vector<std::string> names;
  for (const auto& [name, record] : others_.nodes) {
    if (name != deployment_.cluster->node) names.push_back(name);
  }
  return names;
}

/// The other nodes, and what runs there.
void Supervisor::add_others(v1::ListReply& list) const {
  const ClusterConfig& cluster = *deployment_.cluster;
  v1::NodeRecord& self = *list.add_nodes();
  self.set_node(cluster.node);
  self.set_zone(cluster.zone);
  self.set_address(cluster.address);
  for (const auto& [name, record] : others_.nodes) {
    if (name != cluster.node) *list.add_nodes() = record;
  }
  for (const auto& [replica, record] : others_.replicas) *list.add_hosts() = state_elsewhere(replica, record);
}

v1::HostState Supervisor::state_elsewhere(const std::string& replica, const v1::ReplicaRecord& record) {
  v1::HostState host;
  host.set_host(replica);
  host.set_node(record.node());
  host.set_state(record.state());
  host.set_endpoint(record.address());
  host.set_kind(std::string(to_string(HostKind::program)));
  *host.mutable_services() = record.services();
  return host;
}

}  // namespace holon::node
