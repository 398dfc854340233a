#include "node/leftovers.h"

#include <algorithm>
#include <csignal>

#include "env/disk.h"
#include "env/process.h"
#include "env/reactor.h"
#include "node/state.h"

namespace holon::node {
namespace {

constexpr auto stop_time = std::chrono::seconds(5);

/// Tells these to end, waits, and kills who still runs.
void end_all(env::Environment& world, const std::vector<env::ProcessId>& hosts) {
  env::Processes& processes = world.processes();
  auto running = [&] {
    return std::ranges::count_if(hosts, [&](env::ProcessId host) { return processes.alive(host); });
  };
  std::unique_ptr<env::Reactor> reactor = world.make_reactor();
  for (env::ProcessId host : hosts) {
    (void)reactor->watch_exit(host.pid, [] {}).ok();
    (void)processes.signal(host, SIGTERM, false).ok();
    (void)processes.signal(host, SIGCONT, false).ok();  // who is stopped cannot end
  }
  const env::Time until = world.now() + stop_time;
  while (running() > 0 && world.now() < until) reactor->wait(until);
  for (env::ProcessId host : hosts) (void)processes.signal(host, SIGKILL, true).ok();
}

}  // namespace

Result<int> end_leftovers(env::Environment& world, const Folder& folder) {
  env::Disk& disk = world.disk();
  if (disk.size(folder.state()).code() == Code::not_found) return 0;
  std::unique_ptr<env::FileLock> lock = HOLON_TRY(folder.take(world));
  State state = HOLON_TRY(parse_state(HOLON_TRY(disk.read(folder.state()))));
  std::vector<env::ProcessId> gateways, others;
  for (const auto& [name, host] : state.hosts) {
    if (!world.processes().alive(host.process)) continue;
    (name.starts_with("gateway.") ? gateways : others).push_back(host.process);
  }
  end_all(world, gateways);
  end_all(world, others);
  for (const std::filesystem::path& socket : disk.list(folder.sockets()).value_or({})) (void)disk.remove(socket).ok();
  HOLON_TRY(disk.remove(folder.state()));
  return static_cast<int>(gateways.size() + others.size());
}

}  // namespace holon::node
