// What a supervisor does as one of several: which replicas run here its membership says, and where the others are.
#include <algorithm>
#include <utility>

#include "node/supervisor.h"

namespace holon::node {

using control::HostState;

/// Gateway and outlet are on every node, for who comes in there; so are commands, as they answer on their own machine alone.
bool Supervisor::shared(const Member& member) const {
  return deployment_.cluster && member.process->start().kind == HostKind::program && !member.plan.host.services.empty();
}

std::vector<control::ReplicatedHost> Supervisor::shared_hosts() const {
  std::vector<control::ReplicatedHost> hosts;
  for (const auto& member : members_) {
    if (shared(*member) && member->plan.replica == 0) hosts.push_back({member->plan.host.name, member->plan.host.replicas});
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
  start(replica);
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
  others_ = view;
  changed();
}

void Supervisor::holds_lease(bool holds) {
  if (holds == std::exchange(keeps_hosts_, holds)) return;
  directory_.renew();
  changed();
}

void Supervisor::keep_lease(std::int64_t lease) {
  lease_ = lease;
  save();
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
  for (const auto& [replica, record] : others_.replicas) {
    v1::HostState& host = *list.add_hosts();
    host.set_host(replica);
    host.set_node(record.node());
    host.set_state(record.state());
    host.set_endpoint(record.address());
    host.set_kind(std::string(to_string(HostKind::program)));
    *host.mutable_services() = record.services();
  }
}

}  // namespace holon::node
