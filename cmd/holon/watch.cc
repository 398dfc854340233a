// `holon up --watch`: a process beside the node, which builds when a source is saved, and has the node restart the hosts that this
// touches: those whose program is another file now, and those of a command that lies beside what was saved.
#include <algorithm>
#include <optional>
#include <sstream>

#include "cmd/holon/link.h"
#include "cmd/holon/running_host.h"
#include "cmd/holon/sources.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "env/disk.h"
#include "env/process.h"
#include "env/reactor.h"

namespace holon::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Paths = std::vector<fs::path>;
using Hosts = google::protobuf::RepeatedPtrField<node::v1::HostState>;

constexpr int unanswered_max = 3;
constexpr auto look_every = milliseconds(200);
constexpr auto settled_after = milliseconds(50);  // an editor writes more than one file
constexpr auto build_within = std::chrono::minutes(10);
constexpr auto restart_within = std::chrono::seconds(60);

void wait_for(env::Reactor& reactor, milliseconds time) {
  const env::Time until = env::os().now() + time;
  while (env::os().now() < until) reactor.wait(until);
}

/// The file that a host runs, as it was named when it started: another one may be there now.
std::optional<fs::path> program_of(const node::v1::HostState& host) {
  if (host.kind() != "program" || host.pid() == 0) return std::nullopt;
  Result<fs::path> link = process_link(host, "exe");
  if (!link.ok()) return std::nullopt;
  std::string path = *link;
  constexpr std::string_view replaced = " (deleted)";  // proc(5)
  if (path.ends_with(replaced)) path.resize(path.size() - replaced.size());
  return path;
}

bool runs_another_file(const node::v1::HostState& host) {
  const std::optional<fs::path> program = program_of(host);
  std::error_code failed;
  return program && fs::exists(*program, failed) && !fs::equivalent(*program, process_file(host, "exe"), failed) && !failed;
}

bool is_below(const fs::path& file, const fs::path& folder) {
  const auto [rest, end] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return rest == folder.end();
}

/// Whether a file that the command of a host names lies beside or above one of these.
bool command_is_touched(const node::v1::HostState& host, const Paths& saved) {
  if (host.kind() != "command" || host.pid() == 0) return false;
  std::istringstream words(env::os().disk().read(process_file(host, "cmdline")).value_or(""));
  const fs::path folder = process_link(host, "cwd").value_or(fs::path());
  for (std::string word; std::getline(words, word, '\0');) {
    std::error_code failed;
    const fs::path file = fs::weakly_canonical(folder / word, failed);
    if (failed || !fs::is_regular_file(file, failed) || fs::path(word).is_absolute()) continue;
    if (std::ranges::any_of(saved, [&](const fs::path& path) { return is_below(path, file.parent_path()); })) return true;
  }
  return false;
}

/// The nearest folder above a program that CMake builds in.
std::optional<fs::path> build_folder(const fs::path& program) {
  std::error_code failed;
  for (fs::path folder = program.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / "CMakeCache.txt", failed)) return folder;
  }
  return std::nullopt;
}

/// What builds the programs that run, in their build folder. Ninja knows them by the paths of their files, so just they are built.
std::vector<std::string> cmake_command(const Hosts& hosts) {
  std::optional<fs::path> folder;
  std::vector<std::string> targets;
  for (const node::v1::HostState& host : hosts) {
    const std::optional<fs::path> program = program_of(host);
    if (!program) continue;
    if (!folder) folder = build_folder(*program);
    if (!folder || !is_below(*program, *folder)) continue;
    const std::string target = program->lexically_relative(*folder);
    if (std::ranges::find(targets, target) == targets.end()) targets.push_back(target);
  }
  if (!folder) return {};
  std::vector<std::string> command = {"cmake", "--build", *folder};
  if (!fs::exists(*folder / "build.ninja")) return command;
  command.emplace_back("--target");
  command.insert(command.end(), targets.begin(), targets.end());
  return command;
}

class Watch {
 public:
  explicit Watch(const WatchOptions& options)
      : options_(options), root_(fs::absolute(options.file).parent_path()), node_(options.file), sources_(root_) {}

  /// Until the node is gone.
  void run() {
    std::unique_ptr<env::Reactor> reactor = env::os().make_reactor();
    say("watching " + root_.string());
    for (int unanswered = 0;; wait_for(*reactor, look_every)) {
      Result<node::v1::ListReply> list = node_.list();
      unanswered = list.ok() ? 0 : unanswered + 1;
      if (unanswered == unanswered_max) return;
      if (!list.ok()) continue;  // a node that has much to do is there still
      Paths saved = sources_.changed();
      if (saved.empty()) continue;
      const env::Time began = env::os().now();
      for (Paths more = saved; !more.empty(); saved.insert(saved.end(), more.begin(), more.end())) {
        wait_for(*reactor, settled_after);
        more = sources_.changed();
      }
      tell_of_manifest(saved);
      if (build(list->hosts())) restart(saved, began);
    }
  }

 private:
  void tell_of_manifest(const Paths& saved) const {
    if (std::ranges::find(saved, fs::absolute(options_.file)) == saved.end()) return;
    say(options_.file.string() + " was saved: `holon reload` takes its gateway, the next `holon up` all of it");
  }

  /// False, with what the build says, if it failed. What runs goes on then.
  bool build(const Hosts& hosts) const {
    env::Spawn what;
    what.directory = root_;
    what.arguments = options_.build.empty() ? cmake_command(hosts) : std::vector<std::string>{"sh", "-c", options_.build};
    if (what.arguments.empty()) return true;  // there are only commands, which nobody builds
    Result<env::Output> built = env::os().processes().run(what, env::os().now() + build_within);
    if (built.ok() && built->cause.code == 0) return true;
    say(built.ok() ? built->standard_output + built->standard_error : built.error().message());
    say("the build failed; what runs goes on as it was");
    return false;
  }

  void restart(const Paths& saved, env::Time began) {
    Result<node::v1::ListReply> list = node_.list();
    if (!list.ok()) return;
    node::v1::HostsRequest request;
    request.set_wait(true);
    std::string names;
    for (const node::v1::HostState& host : list->hosts()) {
      if (!runs_another_file(host) && !command_is_touched(host, saved)) continue;
      request.add_names(host.host());
      names += (names.empty() ? "" : ", ") + host.host();
    }
    if (names.empty()) return;
    auto call = node_.call(restart_within);
    Result<node::v1::HostsReply> told = node_->Restart(*call, request);
    const auto took = std::chrono::duration<double, std::nano>(env::os().now() - began);
    say(told.ok() ? names + ": started anew, " + duration_text(took.count()) + " after it was saved"
                  : names + ": not started anew: " + told.error().message());
  }

  const WatchOptions& options_;
  fs::path root_;
  NodeLink node_;
  Sources sources_;
};

}  // namespace

int watch(const WatchOptions& options) {
  Watch(options).run();
  return succeeded;
}

Result<void> start_watching(const UpOptions& options) {
  env::Spawn what;
  what.arguments = {fs::canonical("/proc/self/exe").string(), "watch", "--file", fs::absolute(options.file).string()};
  if (!options.build.empty()) what.arguments.insert(what.arguments.end(), {"--build", options.build});
  HOLON_TRY(env::os().processes().spawn(what));
  return {};
}

}  // namespace holon::cli
