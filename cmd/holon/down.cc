#include <cstdio>

#include "cmd/holon/link.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "contract/json.h"
#include "env/environment.h"
#include "env/process.h"
#include "env/reactor.h"
#include "node/deployment.h"
#include "node/leftovers.h"

namespace holon::cli {
namespace {

constexpr auto down_within = std::chrono::seconds(15);  // two drain times of 5 s, and then some

/// What of it programs want to know: of which application, and how many hosts were ended.
void print_down(const NodeOptions& options, const std::string& app, int hosts) {
  if (!options.json) return;
  std::printf("{\"app\":%s,\"ended\":%d}\n", app.empty() ? "null" : contract::json_quote(app).c_str(), hosts);
}

int end_without_node(const NodeOptions& options) {
  Result<int> ended = node::end_leftovers(env::os(), node::folder_of(options.file));
  if (!ended.ok()) {
    say(ended.error().message());
    return failed;
  }
  print_down(options, "", *ended);
  say(*ended == 0 ? "nothing runs here" : "ended " + std::to_string(*ended) + " hosts that a killed node had left");
  return succeeded;
}

/// The node answers before it ends; who comes next should find nothing of it.
void wait_for_end(int pid) {
  env::Environment& world = env::os();
  std::optional<env::ProcessId> node = world.processes().find(pid);
  std::unique_ptr<env::Reactor> reactor = world.make_reactor();
  if (!node || !reactor->watch_exit(pid, [] {}).ok()) return;
  const env::Time until = world.now() + down_within;
  while (world.processes().alive(*node) && world.now() < until) reactor->wait(until);
}

/// Tells the node to end all, and waits until it did.
Result<void> tell_down(const std::filesystem::path& file) {
  NodeLink node(file);
  auto call = node.call(down_within);
  HOLON_TRY(node->Down(*call, {}));
  return {};
}

}  // namespace

int down(const NodeOptions& options) {
  Result<node::v1::ListReply> list = NodeLink(options.file).list();
  if (!list.ok()) return end_without_node(options);
  Result<void> told = tell_down(options.file);
  if (!told.ok()) {
    say(list->app() + " did not stop: " + told.error().to_string() + "; `holon ps` shows what still runs");
    return failed;
  }
  wait_for_end(list->pid());
  print_down(options, list->app(), list->hosts_size());
  say(list->app() + " is down");
  return succeeded;
}

}  // namespace holon::cli
