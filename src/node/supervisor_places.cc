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
  std::set<std::string> ways;
  for (const auto& member : members_) {
    if (member->process->start().kind != HostKind::command) continue;
    for (const std::string& callee : member->plan.host.calls) ways.insert(door_of(*member, callee));
  }
  // If there are others than before, somebody gets another's door: its caller has another address then, and starts anew.
  for (const std::string& way : ways) {
    env::Address& door = outlet_doors_[way];
    const std::size_t index = outlet_doors_.size() - 1;
    if (index < doors.size()) {
      door = HOLON_TRY(env::Address::parse(doors[index]));
    } else {
      door = HOLON_TRY(ports_.next(loop_.environment(), loop_.reactor()));
    }
  }
  outlet->process->prepare(starts_.outlet(built(), outlet_doors_));
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
      member->process->prepare(starts_.command(member->plan, start.listen, callees_of(*member)));
    }
  }
}

/// Which door of the outlet leads `member` to a service. One leads to all that speak gRPC, as calls say whom they are for; each
/// that speaks HTTP has its own.
std::string Supervisor::door_of(const Member& member, const std::string& callee) const {
  const Member* host = find(host_of(callee).value_or("") + ".0");
  const bool by_http = host != nullptr && host->plan.host.protocol == control::Protocol::http;
  return caller_of(member.plan) + (by_http ? "/" + callee : "");
}

std::map<std::string, std::string> Supervisor::callees_of(const Member& member) const {
  std::map<std::string, std::string> callees;
  for (const std::string& service : member.plan.host.calls) {
    callees[service] = outlet_doors_.at(door_of(member, service)).to_string();
  }
  return callees;
}

}  // namespace holon::node
