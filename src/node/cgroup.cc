#include "node/cgroup.h"

#include <unistd.h>

#include <algorithm>
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

constexpr const char* controllers[] = {"memory", "cpu", "pids"};
// Who has used up a period's quota stands still until it ends. By the kernel's 100 ms that would be the latency of whoever computes
// much; the shorter, the sooner is a short burst over.
constexpr long cpu_period_us = 20'000;
constexpr long cpu_period_most_us = 100'000;  // for who has so little (0.01 cores at least) that Linux would refuse its part of the other
constexpr double cpu_quota_least_us = 1'000;  // Linux refuses less (Documentation/scheduler/sched-bwc.rst)
constexpr const char* enter_verb = "enter-groups";
constexpr const char* leaf_name = "holon-node";

/// A control file takes one write(2).
Result<void> put(env::Environment& world, const fs::path& file, const std::string& value) {
  if (!world.disk().size(file).ok()) return not_found("there is no " + file.string());
  std::unique_ptr<env::AppendedFile> opened = HOLON_TRY(world.disk().append_to(file));
  return opened->append(value);
}

bool is_there(env::Environment& world, const fs::path& file) { return world.disk().size(file).ok(); }

bool can_write(const fs::path& path) { return ::access(path.c_str(), W_OK) == 0; }

struct Setting {
  std::string controller, file, value;
};

/// Of a processor's time: so much of it in each period.
struct CpuShare {
  explicit CpuShare(double cores) {
    const bool little = cores * static_cast<double>(cpu_period_us) < cpu_quota_least_us;
    const long length = little ? cpu_period_most_us : cpu_period_us;
    period_us = std::to_string(length);
    quota_us = std::to_string(std::lround(cores * static_cast<double>(length)));
  }

  std::string period_us, quota_us;
};

std::vector<Setting> settings_v1(const control::ResourceLimits& limits) {
  std::vector<Setting> settings;
  if (limits.memory_bytes > 0) settings.push_back({"memory", "memory.limit_in_bytes", std::to_string(limits.memory_bytes)});
  if (limits.cpu > 0) {
    const CpuShare share(limits.cpu);
    // A group that is left from before has a quota, which with a new period alone may be one that is refused.
    settings.push_back({"cpu", "cpu.cfs_quota_us", "-1"});
    settings.push_back({"cpu", "cpu.cfs_period_us", share.period_us});
    settings.push_back({"cpu", "cpu.cfs_quota_us", share.quota_us});
  }
  if (limits.processes > 0) settings.push_back({"pids", "pids.max", std::to_string(limits.processes)});
  return settings;
}

std::vector<Setting> settings_v2(const control::ResourceLimits& limits) {
  std::vector<Setting> settings;
  if (limits.memory_bytes > 0) settings.push_back({"memory", "memory.max", std::to_string(limits.memory_bytes)});
  if (limits.cpu > 0) {
    const CpuShare share(limits.cpu);
    settings.push_back({"cpu", "cpu.max", share.quota_us + " " + share.period_us});
  }
  if (limits.processes > 0) settings.push_back({"pids", "pids.max", std::to_string(limits.processes)});
  return settings;
}

/// A group whose groups have controllers may have no process itself: this one moves into a group of its own.
/// @param wanted  "+memory +cpu"
Result<void> enable_controllers(env::Environment& world, const fs::path& own, const std::string& wanted) {
  if (wanted.empty() || put(world, own / "cgroup.subtree_control", wanted).ok()) return {};
  const fs::path leaf = own / leaf_name;
  HOLON_TRY(world.disk().make_directories(leaf));
  HOLON_TRY(put(world, leaf / "cgroup.procs", "0"));
  return put(world, own / "cgroup.subtree_control", wanted);
}

}  // namespace

Cgroups::Cgroups(env::Environment& world, env::ControlGroups groups) : world_(world), groups_(std::move(groups)) {
  if (is_there(world_, groups_.mount / "cgroup.controllers")) {
    version_ = 2;
  } else {
    for (const char* controller : controllers) version_ |= is_there(world_, groups_.mount / controller / "cgroup.procs") ? 1 : 0;
  }
}

// Who has moved into a group of its own makes others beside that.
fs::path Cgroups::own_folder(const std::string& controller) const {
  const fs::path folder = groups_.folder(world_.disk(), controller);
  return controller.empty() && folder.filename() == leaf_name ? folder.parent_path() : folder;
}

bool Cgroups::can_limit(const std::string& controller) const {
  if (version_ == 1) return is_there(world_, groups_.mount / controller / "cgroup.procs") && can_write(own_folder(controller));
  if (version_ == 0) return false;
  const fs::path own = own_folder("");
  std::istringstream there(world_.disk().read(own / "cgroup.controllers").value_or(""));
  for (std::string word; there >> word;) {
    if (word == controller) return can_write(own) && can_write(own / "cgroup.subtree_control") && can_write(own / "cgroup.procs");
  }
  return false;
}

std::vector<std::string> Cgroups::missing() const {
  std::vector<std::string> missing;
  for (const char* controller : controllers) {
    if (!can_limit(controller)) missing.emplace_back(controller);
  }
  return missing;
}

std::string Cgroups::remedy() const {
  switch (version_) {
    case 0: return "mount control groups at " + groups_.mount.string();
    case 1: return "start the node as root, or as a user who may write below " + groups_.mount.string();
    default: return "start the node as root, or by `systemd-run --user --scope -p Delegate=yes holon up`";
  }
}

Result<Cgroup> Cgroups::make(const std::string& name, const control::ResourceLimits& limits) const {
  if (version_ == 0) return failed_precondition("limits are not in force: this machine shows no control groups; " + remedy());
  Result<std::vector<fs::path>> made = version_ == 2 ? make_v2(name, limits) : make_v1(name, limits);
  if (!made.ok()) return failed_precondition("limits are not in force: " + made.error().message() + "; " + remedy());
  return Cgroup(std::move(*made));
}

Result<std::vector<fs::path>> Cgroups::make_v1(const std::string& name, const control::ResourceLimits& limits) const {
  std::vector<fs::path> folders;
  for (const Setting& setting : settings_v1(limits)) {
    const fs::path folder = own_folder(setting.controller) / name;
    if (folders.empty() || folders.back() != folder) folders.push_back(folder);
    HOLON_TRY(world_.disk().make_directories(folder));
    HOLON_TRY(put(world_, folder / setting.file, setting.value));
  }
  return folders;
}

Result<std::vector<fs::path>> Cgroups::make_v2(const std::string& name, const control::ResourceLimits& limits) const {
  const fs::path own = own_folder("");
  const std::vector<Setting> settings = settings_v2(limits);
  std::string wanted;
  for (const Setting& setting : settings) wanted += (wanted.empty() ? "+" : " +") + setting.controller;
  HOLON_TRY(enable_controllers(world_, own, wanted));
  HOLON_TRY(world_.disk().make_directories(own / name));
  for (const Setting& setting : settings) HOLON_TRY(put(world_, own / name / setting.file, setting.value));
  return std::vector<fs::path>{own / name};
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
