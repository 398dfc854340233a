#include "node/cgroup.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <string_view>

#include "env/disk.h"
#include "env/process.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;

const fs::path mounted = "/sys/fs/cgroup";
constexpr long cpu_period_us = 100'000;
constexpr const char* enter_verb = "enter-groups";

/// A control file takes one write(2).
Result<void> put(env::Environment& world, const fs::path& file, const std::string& value) {
  if (!world.disk().size(file).ok()) return not_found("there is no " + file.string());
  std::unique_ptr<env::AppendedFile> opened = HOLON_TRY(world.disk().append_to(file));
  return opened->append(value);
}

/// Where this process is by a controller of version 1, or, for "", of version 2: "ID:CONTROLLERS:PATH" of /proc/self/cgroup. A
/// container may not see the folder of that name: then what it sees is its own.
fs::path own_folder(env::Environment& world, const fs::path& mount, const std::string& controller) {
  std::istringstream lines(world.disk().read("/proc/self/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = "," + line.substr(first + 1, second - first - 1) + ",";
    if (names != "," + controller + "," && (controller.empty() || names.find("," + controller + ",") == std::string::npos)) continue;
    const fs::path own = mount / fs::path(line.substr(second + 1)).relative_path();
    if (world.disk().size(own / "cgroup.procs").ok()) return own;
  }
  return mount;
}

Error no_permission(const Error& why) {
  return failed_precondition("limits are not in force: " + why.message() +
                             "; start the node as root, or by `systemd-run --user --scope -p Delegate=yes holon up`");
}

struct Setting {
  std::string file, value;
};

Result<fs::path> make_group(env::Environment& world, const fs::path& parent, const std::string& name,
                            const std::vector<Setting>& settings) {
  const fs::path folder = parent / name;
  HOLON_TRY(world.disk().make_directories(folder));
  for (const Setting& setting : settings) HOLON_TRY(put(world, folder / setting.file, setting.value));
  return folder;
}

std::string quota(double cores) { return std::to_string(std::lround(cores * static_cast<double>(cpu_period_us))); }

Result<std::vector<fs::path>> make_v1(env::Environment& world, const std::string& name, const control::ResourceLimits& limits) {
  std::vector<fs::path> folders;
  const auto make = [&](const std::string& controller, const std::vector<Setting>& settings) -> Result<void> {
    folders.push_back(HOLON_TRY(make_group(world, own_folder(world, mounted / controller, controller), name, settings)));
    return {};
  };
  if (limits.memory_bytes > 0) HOLON_TRY(make("memory", {{"memory.limit_in_bytes", std::to_string(limits.memory_bytes)}}));
  if (limits.cpu > 0) {
    HOLON_TRY(make("cpu", {{"cpu.cfs_period_us", std::to_string(cpu_period_us)}, {"cpu.cfs_quota_us", quota(limits.cpu)}}));
  }
  if (limits.processes > 0) HOLON_TRY(make("pids", {{"pids.max", std::to_string(limits.processes)}}));
  return folders;
}

/// A group whose groups have controllers may have no process itself: this one moves into a group of its own.
Result<void> enable_controllers(env::Environment& world, const fs::path& own) {
  constexpr const char* wanted = "+memory +cpu +pids";
  if (put(world, own / "cgroup.subtree_control", wanted).ok()) return {};
  const fs::path leaf = own / "holon-node";
  HOLON_TRY(world.disk().make_directories(leaf));
  HOLON_TRY(put(world, leaf / "cgroup.procs", "0"));
  return put(world, own / "cgroup.subtree_control", wanted);
}

/// What the node's own group is in version 2, before it moves.
const fs::path& node_group(env::Environment& world) {
  static const fs::path own = own_folder(world, mounted, "");
  return own;
}

Result<std::vector<fs::path>> make_v2(env::Environment& world, const std::string& name, const control::ResourceLimits& limits) {
  HOLON_TRY(enable_controllers(world, node_group(world)));
  std::vector<Setting> settings;
  if (limits.memory_bytes > 0) settings.push_back({"memory.max", std::to_string(limits.memory_bytes)});
  if (limits.cpu > 0) settings.push_back({"cpu.max", quota(limits.cpu) + " " + std::to_string(cpu_period_us)});
  if (limits.processes > 0) settings.push_back({"pids.max", std::to_string(limits.processes)});
  fs::path folder = HOLON_TRY(make_group(world, node_group(world), name, settings));
  return std::vector<fs::path>{std::move(folder)};
}

}  // namespace

Result<Cgroup> Cgroup::make(env::Environment& world, const std::string& name, const control::ResourceLimits& limits) {
  const bool version_2 = world.disk().size(mounted / "cgroup.controllers").ok();
  Result<std::vector<fs::path>> made = version_2 ? make_v2(world, name, limits) : make_v1(world, name, limits);
  if (!made.ok()) return no_permission(made.error());
  Cgroup group;
  group.folders_ = std::move(*made);
  return group;
}

std::vector<std::string> Cgroup::entering(const std::string& holon, const std::vector<std::string>& command) const {
  std::vector<std::string> words = {holon, enter_verb};
  for (const fs::path& folder : folders_) words.push_back((folder / "cgroup.procs").string());
  words.push_back("--");
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

// Version 1 says it in memory.oom_control, version 2 in memory.events, both as a line "oom_kill N".
std::uint64_t Cgroup::oom_kills(env::Environment& world) const {
  for (const fs::path& folder : folders_) {
    for (const char* file : {"memory.events", "memory.oom_control"}) {
      std::istringstream words(world.disk().read(folder / file).value_or(""));
      std::uint64_t count = 0;
      for (std::string word; words >> word;) {
        if (word == "oom_kill" && words >> count) return count;
      }
    }
  }
  return 0;
}

void Cgroup::remove(env::Environment& world) const {
  for (const fs::path& folder : folders_) (void)world.disk().remove(folder).ok();
}

int enter_groups(int argc, char** argv) {
  env::Environment& world = env::os();
  int next = 1;
  for (; next < argc && std::string_view(argv[next]) != "--"; ++next) {
    if (Result<void> entered = put(world, argv[next], "0"); !entered.ok()) {
      std::fprintf(stderr, "holon: %s\n", entered.error().message().c_str());
      return 1;
    }
  }
  env::Become command;
  for (int i = next + 1; i < argc; ++i) command.arguments.emplace_back(argv[i]);
  for (char** variable = environ; *variable != nullptr; ++variable) command.environment.emplace_back(*variable);
  std::fprintf(stderr, "holon: %s\n", world.processes().become(command).message().c_str());
  return 1;
}

}  // namespace holon::node
