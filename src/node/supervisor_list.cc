// What the supervisor tells: where services answer, and what runs.
#include "node/supervisor.h"

#include <algorithm>
#include <map>
#include <set>

#include "node/identities.h"

namespace holon::node {
namespace {

using control::HostState;
using std::chrono::milliseconds;

/// "cart" of "cart.0".
std::string host_of_replica(const std::string& replica) { return replica.substr(0, replica.rfind('.')); }

}  // namespace

v1::Directory Supervisor::directory() const {
  v1::Directory out;
  out.set_version(directory_.version());
  if (deployment_.cluster) out.set_zone(deployment_.cluster->zone);
  for (const auto& [service, endpoints] : directory_.services()) {
    v1::ServiceEndpoints* entry = out.add_services();
    entry->set_service(service);
    for (const control::Endpoint& endpoint : endpoints) {
      v1::Endpoint* out_endpoint = entry->add_endpoints();
      out_endpoint->set_address(endpoint.address);
      out_endpoint->set_host(endpoint.host);
      out_endpoint->set_node(endpoint.node);
      out_endpoint->set_zone(endpoint.zone);
      if (endpoint.address.starts_with("tls:")) out_endpoint->set_server_name(server_name_of(host_of_replica(endpoint.host), deployment_.app));
    }
  }
  out.mutable_faults()->Assign(faults().begin(), faults().end());
  *out.mutable_permissions() = permissions();
  out.mutable_called()->Assign(deployment_.called.begin(), deployment_.called.end());
  return out;
}

/// What holds for all, and who the processes are that run here: each as the host that it is a replica of.
v1::Permissions Supervisor::permissions() const {
  v1::Permissions out = deployment_.permissions;
  std::map<std::string, std::set<std::string>> callers;
  std::set<std::string> all;
  for (const v1::HostIdentity& host : deployment_.permissions.hosts()) {
    callers[host.host()].insert(host.callers().begin(), host.callers().end());
    all.insert(host.callers().begin(), host.callers().end());
  }
  for (const auto& member : members_) {
    const HostProcess& process = *member->process;
    if (!process.life().running()) continue;
    // What an earlier placement ran finishes what it has begun. A command calls through the outlet.
    const bool earlier = member->retired || process.known()->version != process.start().version;
    const std::set<std::string>& names = earlier ? all : callers[host_of_replica(process.name())];
    v1::HostIdentity* identity = out.add_hosts();
    identity->set_host(process.name());
    identity->set_pid(process.process().pid);
    identity->mutable_callers()->Assign(names.begin(), names.end());
  }
  return out;
}

v1::ListReply Supervisor::list() const {
  v1::ListReply out;
  out.set_app(deployment_.app);
  out.set_placement(deployment_.placement);
  out.set_strict(deployment_.strict);
  out.set_pid(loop_.environment().processes().self().pid);
  out.set_gateway(gateway_url());
  for (const auto& member : members_) {
    const bool wanted = !member->retired && !is_too_many(*member);
    const bool shown = wanted && (member->here || !others_.replicas.contains(member->plan.name));
    if (shown || member->process->life().running()) *out.add_hosts() = state_of(*member);
  }
  if (deployment_.cluster) add_others(out);
  out.mutable_faults()->Assign(faults().begin(), faults().end());
  return out;
}

std::optional<v1::HostState> Supervisor::state(const std::string& replica) const {
  const Member* member = find(replica);
  const auto elsewhere = others_.replicas.find(replica);
  const bool here = member != nullptr && (member->here || member->process->life().running());
  if (!here && elsewhere != others_.replicas.end()) return state_elsewhere(replica, elsewhere->second);
  if (member == nullptr) return std::nullopt;
  return state_of(*member);
}

v1::HostState Supervisor::state_of(const Member& member) const {
  const HostProcess& process = *member.process;
  const HostStart& start = process.start();
  v1::HostState host;
  host.set_host(member.plan.name);
  if (deployment_.cluster) host.set_node(deployment_.cluster->node);
  const bool ready = process.life().state() == HostState::ready;
  const std::string& trouble = member.health->trouble();
  host.set_state(ready && !trouble.empty() ? "unhealthy" : std::string(control::to_string(process.life().state())));
  if (process.life().running()) {
    host.set_pid(process.process().pid);
    auto since_1970 = process.started_at().time_since_epoch();
    host.set_started_unix_ms(std::chrono::duration_cast<milliseconds>(since_1970).count());
    host.set_health(trouble);
  } else if (!member.here) {
    host.set_node("");
    host.set_state("starting");
    host.set_health("no node runs it yet");
  } else if (member.waits) {
    host.set_state("starting");
    host.set_health("it waits for what it calls");
  }
  for (const control::PlannedService& service : member.plan.host.services) {
    host.add_services(service.contract.empty() ? service.name : service.contract);
    host.add_owners(service.owner);
  }
  host.set_warning(member.warning);
  host.set_restarts(process.life().restarts());
  host.set_cause(process.life().cause());
  host.set_log(start.log.string());
  host.set_endpoint((start.kind == HostKind::gateway && !start.doors.empty() ? start.doors.front() : start.listen).to_string());
  host.set_kind(std::string(to_string(start.kind)));
  host.mutable_last_lines()->Assign(process.last_lines().begin(), process.last_lines().end());
  return host;
}

std::vector<std::pair<std::string, std::string>> Supervisor::endpoints() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& member : members_) {
    const HostStart& start = member->process->start();
    if (member->process->life().state() != HostState::ready || start.kind == HostKind::command) continue;
    out.emplace_back(member->plan.name, start.listen.to_string());
  }
  return out;
}

std::string Supervisor::gateway_url() const {
  const Member* gateway = find(gateway_name);
  if (gateway == nullptr || gateway->process->start().doors.empty() || !deployment_.gateway) return {};
  const bool secure = !deployment_.gateway->listen.front().certificates.empty();
  return (secure ? "https://" : "http://") + gateway->process->start().doors.front().to_string();
}

std::vector<const Supervisor::Member*> Supervisor::replicas_of(const std::string& host) const {
  std::vector<const Member*> replicas;
  for (const auto& member : members_) {
    if (member->plan.host.name == host && !member->retired) replicas.push_back(member.get());
  }
  return replicas;
}

std::optional<std::string> Supervisor::host_of(const std::string& service) const {
  for (const auto& member : members_) {
    for (const control::PlannedService& planned : member->plan.host.services) {
      if (planned.name == service) return member->plan.host.name;
    }
  }
  return std::nullopt;
}

const Supervisor::Member* Supervisor::find(const std::string& name) const {
  auto found =
      std::ranges::find(members_, name, [](const auto& member) -> const std::string& { return member->plan.name; });
  return found == members_.end() ? nullptr : found->get();
}

Supervisor::Member* Supervisor::find(const std::string& name) {
  return const_cast<Member*>(std::as_const(*this).find(name));
}

}  // namespace holon::node
