// `holon up -d`: leaves a node running, and comes back when it answers, or, with --wait, when every host is ready.
#include "cmd/holon/hosts_table.h"
#include "cmd/holon/link.h"
#include "cmd/holon/progress.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "env/disk.h"
#include "env/process.h"
#include "holon/task.h"
#include "node/deployment.h"
#include "node/log_file.h"

namespace holon::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto node_within = seconds(15);
constexpr auto ready_within = seconds(60);
constexpr std::uintmax_t said_bytes_least = 64 << 10;  // what a node says of its beginning has room in that

std::vector<std::string> arguments_of(const UpOptions& options) {
  std::vector<std::string> arguments = {fs::canonical("/proc/self/exe").string(), "up", "--as-node",
                                        "--file", fs::absolute(options.file).string()};
  for (const std::string& overlay : options.overlays) arguments.insert(arguments.end(), {"--overlay", overlay});
  if (!options.placement.empty()) arguments.insert(arguments.end(), {"--placement", options.placement});
  if (options.port) arguments.insert(arguments.end(), {"--port", std::to_string(*options.port)});
  if (!options.bin.empty()) arguments.insert(arguments.end(), {"--bin", fs::absolute(options.bin).string()});
  if (options.strict) arguments.push_back("--strict");
  return arguments;
}

/// A node process, and what it wrote since it was started.
struct Started {
  env::ProcessId process;
  fs::path log;
  std::uint64_t log_from;
};

Result<Started> start_node(const UpOptions& options) {
  env::Environment& world = env::os();
  node::Folder folder = node::folder_of(options.file);
  Started started{.process = {}, .log = folder.node_log(), .log_from = 0};
  started.log_from = HOLON_TRY(node::begin_log(world.disk(), started.log));
  env::Spawn what;
  what.arguments = arguments_of(options);
  what.output = started.log;
  started.process = HOLON_TRY(world.processes().spawn(what));
  return started;
}

/// What may be the reason that there is nothing in the log.
std::string full_disk(const fs::path& log) {
  std::error_code error;
  const fs::space_info disk = fs::space(log.parent_path(), error);
  if (error || disk.available >= said_bytes_least) return "";
  return ": there is no space left on the disk of " + log.parent_path().string() + "; make room there";
}

/// Waits until the node answers. An error, with what the node said, if it ends instead.
Result<node::v1::ListReply> first_answer(const Started& started, const fs::path& file) {
  env::Environment& world = env::os();
  for (const env::Time until = world.now() + node_within; world.now() < until;) {
    NodeLink node(file);
    if (has_node(file)) {
      Result<node::v1::ListReply> list = node.list();
      if (list.ok() && list->pid() == started.process.pid) return list;
    }
    if (!world.processes().alive(started.process)) {
      std::string said;
      for (const std::string& line : node::last_lines(world.disk(), started.log, 50, started.log_from)) {
        said += line + "\n";
      }
      return failed_precondition(said.empty() ? "the node ended without a word" + full_disk(started.log) : said);
    }
    auto call = node.call(seconds(1));
    (void)sleep(*call, milliseconds(5)).ok();
  }
  return deadline_exceeded("the node does not answer; its log is " + started.log.string());
}

/// Shows how the hosts come up, and leaves in `last` how they are. False, with the reason said, when one keeps failing or it takes too long.
bool wait_until_ready(const fs::path& file, Progress& progress, node::v1::ListReply& last) {
  NodeLink node(file);
  auto call = node.call(ready_within);
  Reader<node::v1::ListReply> watch = node->Watch(*call, {});
  while (!progress.up()) {
    Result<std::optional<node::v1::ListReply>> list = watch.next();
    if (!list.ok() || !*list) {
      say("not every host is ready: " + (list.ok() ? "it was stopped" : list.error().to_string()));
      for (const node::v1::HostState& host : last.hosts()) {
        if (host.state() != "ready") say(trouble(host));
      }
      return false;
    }
    last = **list;
    progress.show(last);
    for (const node::v1::HostState& host : last.hosts()) {
      if (host.state() != "failed") continue;
      say(trouble(host) + "\nIt is tried again and again; `holon ps` shows how it is, `holon down` ends all.");
      return false;
    }
  }
  return true;
}

/// Says where the dashboard is, if the node has one.
void say_dashboard(const fs::path& file) {
  NodeLink node(file);
  auto call = node.call(seconds(1));
  const Result<node::v1::DashboardReply> dashboard = node->Dashboard(*call, {});
  if (dashboard.ok() && !dashboard->link().empty()) say("its dashboard is " + dashboard->link());
}

}  // namespace

int up_in_background(const UpOptions& options) {
  Progress progress(env::os().now());
  Result<node::v1::ListReply> running = NodeLink(options.file).list();
  if (running.ok()) {
    say(runs_already(*running));
    return failed;
  }
  // Everything that is wrong in holon.yaml is said here; the node then finds the programs' answers in the cache.
  Result<node::Deployment> deployment = node::prepare(env::os(), deployment_options(options));
  Result<Started> started = deployment.ok() ? start_node(options) : Result<Started>(deployment.error());
  Result<node::v1::ListReply> list = started.ok() ? first_answer(*started, options.file) : started.error();
  if (!list.ok()) {
    say(list.error().message());
    return failed;
  }
  say_dashboard(options.file);
  say_warnings(list->hosts());
  if (options.wait) {
    const bool ready = wait_until_ready(options.file, progress, *list);
    if (options.json) print_json(*list);
    return ready ? succeeded : failed;
  }
  if (options.json) print_json(*list);
  progress.show(*list);
  if (!progress.up()) {
    say("it goes on in the background; `holon ps` shows how it is" +
        (list->gateway().empty() ? std::string() : ", soon it answers at " + list->gateway()));
  }
  return succeeded;
}

}  // namespace holon::cli
