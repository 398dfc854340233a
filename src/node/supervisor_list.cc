// What the supervisor tells: where services answer, and what runs.
#include "node/supervisor.h"

#include <algorithm>

namespace holon::node {
namespace {

using control::HostState;
using std::chrono::milliseconds;

}  // namespace

v1::Directory Supervisor::directory() const {
  v1::Directory out;
  out.set_version(directory_.version());
  for (const auto& [service, endpoints] : directory_.services()) {
    v1::ServiceEndpoints* entry = out.add_services();
    entry->set_service(service);
    for (const control::Endpoint& endpoint : endpoints) {
      v1::Endpoint* out_endpoint = entry->add_endpoints();
      out_endpoint->set_address(endpoint.address);
      out_endpoint->set_host(endpoint.host);
      out_endpoint->set_node(endpoint.node);
      out_endpoint->set_zone(endpoint.zone);
    }
  }
  out.mutable_faults()->Assign(faults().begin(), faults().end());
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
    if (!member->retired || member->process->life().running()) *out.add_hosts() = state_of(*member);
  }
  out.mutable_faults()->Assign(faults().begin(), faults().end());
  return out;
}

std::optional<v1::HostState> Supervisor::state(const std::string& replica) const {
  const Member* member = find(replica);
  if (member == nullptr) return std::nullopt;
  return state_of(*member);
}

v1::HostState Supervisor::state_of(const Member& member) const {
  const HostProcess& process = *member.process;
  const HostStart& start = process.start();
  v1::HostState host;
  host.set_host(member.plan.name);
  const bool ready = process.life().state() == HostState::ready;
  const std::string& trouble = member.health->trouble();
  host.set_state(ready && !trouble.empty() ? "unhealthy" : std::string(control::to_string(process.life().state())));
  if (process.life().running()) {
    host.set_pid(process.process().pid);
    auto since_1970 = process.started_at().time_since_epoch();
    host.set_started_unix_ms(std::chrono::duration_cast<milliseconds>(since_1970).count());
    host.set_health(trouble);
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
