// Where hosts answer that open their addresses themselves, where they find those that they call, and what bounds them.
#include "node/supervisor.h"

#include "node/fingerprint.h"

namespace holon::node {
namespace {

/// In whose name a command calls.
std::string caller_of(const HostPlan& plan) {
  const control::PlannedService& service = plan.host.services.front();
  return service.contract.empty() ? service.name : service.contract;
}

}  // namespace

/// Finds addresses for those who open theirs themselves; who runs already keeps its own.
Result<void> Supervisor::place(const State& earlier) {
  for (const auto& [name, known] : earlier.hosts) {
    if (Result<env::Address> address = env::Address::parse(known.address); address.ok()) ports_.take(address->port);
  }
  HOLON_TRY(place_outlet(earlier));
  for (const auto& member : members_) {
    if (member->process->start().kind == HostKind::command) HOLON_TRY(place_command(*member, earlier));
  }
  prepare_commands();
  for (const auto& member : members_) bound(*member);
  return {};
}

/// What cannot be bounded runs all the same, and everybody is told.
void Supervisor::bound(Member& member) {
  if (!has_limits(member.plan.host.resources)) return;
  const std::string name = "holon." + Fingerprint().add(deployment_.folder.path().string()).hex() + "." + member.plan.name;
  Result<Cgroup> group = Cgroups(loop_.environment()).make(name, member.plan.host.resources);
  if (!group.ok()) {
    member.warning = group.error().message();
    say_(member.plan.name + ": " + group.error().message());
    return tell("warning", member.plan.name, group.error().message(), nullptr);
  }
  HostStart start = member.process->start();
  start.group = std::move(*group);
  start.holon = holon_.string();
  member.process->prepare(std::move(start));
}

Result<void> Supervisor::place_outlet(const State& earlier) {
  Member* outlet = find(outlet_name);
  if (outlet == nullptr) return {};
  const auto known = earlier.hosts.find(outlet_name);
  const std::vector<std::string> doors = known != earlier.hosts.end() ? known->second.doors : std::vector<std::string>();
  for (const auto& member : members_) {
    if (!calls_by_outlet(member->plan)) continue;
    MeshCaller& caller = mesh_callers_[caller_of(member->plan)];
    for (const std::string& callee : member->plan.host.calls) caller.callees[callee] = contracts_of(callee);
  }
  // If there are others than before, somebody gets another's door: its caller has another address then, and starts anew.
  for (std::size_t index = 0; auto& [name, caller] : mesh_callers_) {
    if (index < doors.size()) {
      caller.door = HOLON_TRY(env::Address::parse(doors[index]));
    } else {
      caller.door = HOLON_TRY(ports_.next(loop_.environment(), loop_.reactor()));
    }
    ++index;
  }
  outlet->process->prepare(starts_.outlet(built(), mesh_callers_));
  return {};
}

Result<void> Supervisor::place_command(Member& member, const State& earlier) {
  HostStart start = member.process->start();
  const auto known = earlier.hosts.find(member.plan.name);
  if (known != earlier.hosts.end()) {
    start.listen = HOLON_TRY(env::Address::parse(known->second.address));
  } else {
    start.listen = HOLON_TRY(ports_.next(loop_.environment(), loop_.reactor()));
  }
  member.process->prepare(std::move(start));
  return {};
}

/// With the addresses of all it is known where each calls the others.
void Supervisor::prepare_commands() {
  for (const auto& member : members_) {
    const HostStart& start = member->process->start();
    if (start.kind == HostKind::command) {
      member->process->prepare(starts_.command(member->plan, start.listen, door_of(member->plan)));
    }
  }
}

/// Where a command calls others; nothing if it calls nobody.
std::optional<env::Address> Supervisor::door_of(const HostPlan& plan) const {
  if (!calls_by_outlet(plan)) return std::nullopt;
  return mesh_callers_.at(caller_of(plan)).door;
}

/// Of a service as commands name it; none if it speaks plain HTTP.
std::vector<std::string> Supervisor::contracts_of(const std::string& service) const {
  std::vector<std::string> contracts;
  const Member* host = find(host_of(service).value_or("") + ".0");
  if (host == nullptr) return contracts;
  for (const control::PlannedService& planned : host->plan.host.services) {
    if (planned.name == service && !planned.contract.empty()) contracts.push_back(planned.contract);
  }
  return contracts;
}

}  // namespace holon::node
