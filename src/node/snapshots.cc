#include "node/snapshots.h"

#include "holon/task.h"
#include "node/edge_usage.h"
#include "node/host_calls.h"

namespace holon::node {

std::map<std::string, v1::SnapshotReply> take_snapshots(Call& call, const Supervisor& supervisor) {
  TaskGroup group(call);
  std::map<std::string, Task<v1::SnapshotReply>> tasks;
  for (const auto& [host, endpoint] : supervisor.endpoints()) {
    tasks.emplace(host, group.spawn([endpoint = endpoint](Call& branch) { return take_snapshot(branch, endpoint); }));
  }
  std::map<std::string, std::string> replicas;  // by address
  const v1::ListReply list = supervisor.list();
  for (const v1::HostState& host : list.hosts()) replicas[host.endpoint()] = host.host();
  std::map<std::string, v1::SnapshotReply> snapshots;
  for (auto& [host, task] : tasks) {
    Result<v1::SnapshotReply> snapshot = task.get();
    if (!snapshot.ok()) continue;
    name_hosts(*snapshot, replicas);
    snapshots.emplace(host, std::move(*snapshot));
  }
  return snapshots;
}

std::uint64_t turned_away(const v1::SnapshotReply& snapshot) {
  std::uint64_t count = 0;
  for (const v1::Refusal& refusal : snapshot.refusals()) {
    if (refusal.rule().starts_with("shed.")) count += refusal.count();
  }
  return count;
}

}  // namespace holon::node
