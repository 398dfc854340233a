// What is done to single hosts: stop, start, restart, scale.
#include "node/supervisor.h"

#include <algorithm>

#include "config/suggest.h"

namespace holon::node {

Result<std::vector<std::string>> Supervisor::replicas(const std::vector<std::string>& names, Where where) const {
  std::vector<std::string> found, known;
  std::set<std::string> meant;
  for (const auto& member : members_) {
    const HostPlan& plan = member->plan;
    if (member->retired || is_too_many(*member) || (where == Where::here && !member->here)) continue;
    const std::string host = plan.name.substr(0, plan.name.rfind('.'));
    std::vector<std::string> called = {plan.name, host};
    for (const control::PlannedService& service : plan.host.services) {
      called.push_back(service.name);
      if (!service.contract.empty()) called.push_back(service.contract);
    }
    bool wanted = names.empty() && !plan.host.services.empty();
    for (const std::string& name : names) {
      if (std::ranges::find(called, name) == called.end()) continue;
      wanted = true;
      meant.insert(name);
    }
    if (wanted) found.push_back(plan.name);
    known.insert(known.end(), called.begin(), called.end());
  }
  for (const std::string& name : names) {
    if (const auto other = others_.replicas.find(name); other != others_.replicas.end() && !meant.contains(name)) {
      return failed_precondition(name + " runs on node " + other->second.node() + "; ask there");
    }
    if (!meant.contains(name)) return not_found("there is no host or service " + name + config::suggestion(name, known));
  }
  return found;
}

void Supervisor::stop(const std::string& replica) {
  Member& member = *find(replica);
  member.waits = false;
  const bool ran = member.process->life().running();
  member.process->stop();
  if (!ran) tell("stopped", replica, "it did not run", nullptr);
  changed();
  start_waiting();
}

void Supervisor::start(const std::string& replica) {
  Member& member = *find(replica);
  if (!member.here || !member.process->life().unwanted()) return;
  begin(member);
  if (!member.waits) member.process->start_again();  // it is still ending
  for (const std::string& host : order_.before(member.plan.host.name)) {
    for (const Member* needed : replicas_of(host)) {
      if (!needed->waits && !others_.stopped.contains(needed->plan.name)) start(needed->plan.name);
    }
  }
  start_waiting();
  changed();
}

void Supervisor::restart(const std::string& replica) {
  Member& member = *find(replica);
  if (member.process->life().unwanted()) return start(replica);
  if (member.waits) return;
  tell("restarting", replica, "somebody asked for it", nullptr);
  member.process->restart();
  changed();
}

Result<void> Supervisor::check_scale(const std::string& host, int replicas) {
  if (replicas >= 1 && replicas <= replicas_max) return {};
  return invalid_argument(host + " can have 1 to " + std::to_string(replicas_max) + " replicas, not " + std::to_string(replicas));
}

/// The member for a replica of a host, which there may be none of yet. One that an earlier node scaled to may be ending.
Result<Supervisor::Member*> Supervisor::provide(HostPlan replica) {
  Member* member = find(replica.name);
  if (member != nullptr && member->plan.host.name == replica.host.name) return member;
  HostStart start = start_of(replica);
  if (start.kind == HostKind::command) {
    const env::Address listen = HOLON_TRY(ports_.next(loop_.environment(), loop_.reactor()));
    start = starts_.command(replica, listen, door_of(replica));
  }
  if (member == nullptr) {
    member = &add(std::move(replica), std::move(start));
  } else {
    member->plan = std::move(replica);
    member->process->prepare(std::move(start));
  }
  bound(*member);
  return member;
}

Result<void> Supervisor::scale(const std::string& host, int replicas) {
  HOLON_TRY(check_scale(host, replicas));
  const Member* first = find(host + ".0");
  if (first == nullptr || first->plan.host.services.empty()) return not_found("there is no host " + host);
  const HostPlan plan = first->plan;
  for (int replica = 1; replica < replicas; ++replica) {
    const std::size_t before = members_.size();
    Member& member = *HOLON_TRY(provide(replica_of(plan, replica)));
    if (members_.size() == before && !member.retired) continue;
    member.retired = false;
    begin(member);
    if (!member.waits) member.process->start_again();
  }
  for (const auto& member : members_) {
    if (member->plan.host.name != host || member->plan.replica < replicas) continue;
    member->retired = true;
    member->waits = false;
    member->process->stop();
  }
  tell("scaled", host, "from here on " + std::to_string(replicas) + (replicas == 1 ? " replica" : " replicas"), nullptr);
  start_waiting();
  changed();
  return {};
}

}  // namespace holon::node
