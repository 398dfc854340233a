// Control's verbs for single hosts: Stop, Start, Restart, Scale.
#include <algorithm>
#include <map>

#include "node/services.h"

namespace holon::node {
namespace {

std::string host_part(const std::string& replica) { return replica.substr(0, replica.rfind('.')); }

bool is_ready(const v1::HostState& host) { return host.state() == "ready" || host.state() == "unhealthy"; }

bool is_stopped(const v1::HostState& host) { return host.state() == "stopped"; }

/// Who will not become ready by itself is not waited for: people have to look.
bool has_settled(const v1::HostState& host) { return is_ready(host) || host.state() == "failed" || is_stopped(host); }

}  // namespace

v1::HostsReply ControlService::states(const Replicas& replicas) const {
  v1::HostsReply reply;
  for (const std::string& replica : replicas) {
    if (std::optional<v1::HostState> state = supervisor_.state(replica)) *reply.add_hosts() = std::move(*state);
  }
  return reply;
}

Result<void> ControlService::until_all(Call& call, const Replicas& replicas, const std::function<bool(const v1::HostState&)>& settled) {
  for (;;) {
    const std::uint64_t seen = supervisor_.changes().count();
    const v1::HostsReply now = states(replicas);
    const bool all_known = wishes_ == nullptr || now.hosts_size() == static_cast<int>(replicas.size());
    if (all_known && std::ranges::all_of(now.hosts(), settled)) return {};
    HOLON_TRY(supervisor_.changes().wait(call, seen));
  }
}

/// What another node does not run it starts once it has heard that it is to.
bool ControlService::may_not_know_yet(const v1::HostState& host) const {
  return is_stopped(host) && deployment_.cluster && host.node() != deployment_.cluster->node;
}

Result<ControlService::Replicas> ControlService::named(const v1::HostsRequest& request) const {
  const std::vector<std::string> names(request.names().begin(), request.names().end());
  return supervisor_.replicas(names, wishes_ != nullptr ? Supervisor::Where::anywhere : Supervisor::Where::here);
}

Result<void> ControlService::stop(Call& call, const std::string& replica) {
  if (of_all_nodes(replica)) return wishes_->stop(call, replica);
  supervisor_.stop(replica);
  return {};
}

/// One that was not stopped, and has failed, is started where it is asked for.
Result<void> ControlService::start(Call& call, const std::string& replica) {
  if (of_all_nodes(replica)) HOLON_TRY(wishes_->start(call, replica));
  supervisor_.start(replica);
  return {};
}

Result<v1::HostsReply> ControlService::Stop(Call& call, const v1::HostsRequest& request) {
  const Replicas replicas = HOLON_TRY(named(request));
  for (const std::string& replica : replicas) HOLON_TRY(stop(call, replica));
  if (request.wait()) HOLON_TRY(until_all(call, replicas, is_stopped));
  return states(replicas);
}

Result<v1::HostsReply> ControlService::Start(Call& call, const v1::HostsRequest& request) {
  const Replicas replicas = HOLON_TRY(named(request));
  for (const std::string& replica : replicas) HOLON_TRY(start(call, replica));
  const auto started = [this](const v1::HostState& host) { return has_settled(host) && !may_not_know_yet(host); };
  if (request.wait()) HOLON_TRY(until_all(call, replicas, started));
  return states(replicas);
}

Result<v1::HostsReply> ControlService::Restart(Call& call, const v1::HostsRequest& request) {
  const Replicas replicas = HOLON_TRY(supervisor_.replicas({request.names().begin(), request.names().end()}));
  if (request.wait()) {
    HOLON_TRY(restart_rolling(call, replicas));
  } else {
    (void)rolling_.spawn([this, replicas](Call& branch) { return restart_rolling(branch, replicas); });
  }
  return states(replicas);
}

/// Hosts at the same time, the replicas of each one after the other. After one that does not become ready the rest of its host
/// is left as it is: it still serves.
Result<void> ControlService::restart_rolling(Call& call, const Replicas& replicas) {
  std::map<std::string, Replicas> hosts;
  for (const std::string& replica : replicas) hosts[host_part(replica)].push_back(replica);
  TaskGroup group(call);
  std::vector<Task<void>> tasks;
  for (const auto& [host, of_host] : hosts) {
    tasks.push_back(group.spawn([this, of_host = of_host](Call& branch) -> Result<void> {
      for (const std::string& replica : of_host) HOLON_TRY(restart_one(branch, replica));
      return {};
    }));
  }
  Result<void> first;
  for (Task<void>& task : tasks) {
    Result<void> ended = task.get();
    if (first.ok() && !ended.ok()) first = ended;
  }
  return first;
}

Result<void> ControlService::restart_one(Call& call, const std::string& replica) {
  const std::optional<v1::HostState> before = supervisor_.state(replica);
  if (!before) return {};
  if (before->state() == "stopped") {
    HOLON_TRY(start(call, replica));
  } else {
    supervisor_.restart(replica);
  }
  for (;;) {
    const std::uint64_t seen = supervisor_.changes().count();
    const v1::HostState now = supervisor_.state(replica).value_or(v1::HostState());
    if (is_ready(now) && now.pid() != before->pid()) return {};
    const bool failed = now.state() == "stopped" || (now.restarts() > before->restarts() && now.state() != "starting");
    if (failed) return failed_precondition(replica + " does not start again: " + now.cause() + "; the rest of its host is as it was");
    HOLON_TRY(supervisor_.changes().wait(call, seen));
  }
}

Result<v1::HostsReply> ControlService::Scale(Call& call, const v1::ScaleRequest& request) {
  std::vector<std::string> hosts;
  for (const auto& [name, replicas] : request.replicas()) hosts.push_back(name);
  const auto where = wishes_ != nullptr ? Supervisor::Where::anywhere : Supervisor::Where::here;
  HOLON_TRY(supervisor_.replicas(hosts, where));
  Replicas scaled;
  for (const auto& [name, replicas] : request.replicas()) {
    HOLON_TRY(wishes_ != nullptr ? scale_everywhere(call, name, replicas) : supervisor_.scale(name, replicas));
    for (int replica = 0; replica < replicas; ++replica) scaled.push_back(name + "." + std::to_string(replica));
  }
  if (request.wait()) HOLON_TRY(until_all(call, scaled, has_settled));
  return states(scaled);
}

/// As many as holon.yaml says are no wish: so what is written there later holds again.
Result<void> ControlService::scale_everywhere(Call& call, const std::string& host, int replicas) {
  HOLON_TRY(Supervisor::check_scale(host, replicas));
  if (!of_all_nodes(host + ".0")) return failed_precondition(host + " is on every node of the cluster: the nodes do not share it out");
  const bool as_written = std::ranges::any_of(deployment_.hosts, [&](const HostPlan& plan) {
    return plan.host.name == host && plan.host.replicas == replicas;
  });
  return as_written ? wishes_->unscale(call, host) : wishes_->scale(call, host, replicas);
}

}  // namespace holon::node
