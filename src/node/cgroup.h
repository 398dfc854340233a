// Cgroup: what bounds the processes of one host together: memory, CPU, how many there may be. Version 2 of Linux's control groups,
// or version 1 where that is what is mounted (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/).
//
//   Result<Cgroup> group = Cgroups(world).make("cart.0", {.memory_bytes = 64 << 20});
//   … start `group->entering(holon, arguments)` instead of `arguments` …
//   if (group->oom_kills(world) > before) …
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "control/application.h"
#include "env/processors.h"
#include "holon/result.h"

namespace holon::node {

class Cgroup {
 public:
  /// Bounds nothing.
  Cgroup() = default;
  /// @param folders  one for each controller; of version 2 just one
  explicit Cgroup(std::vector<std::filesystem::path> folders) : folders_(std::move(folders)) {}

  bool bounds() const { return !folders_.empty(); }
  /// The command that enters the group and then becomes that one, so that no process of it is ever outside.
  /// @param holon  the path of the `holon` program
  std::vector<std::string> entering(const std::string& holon, const std::vector<std::string>& command) const;
  /// How many of its processes were killed since they needed more memory than the group may have.
  std::uint64_t oom_kills(env::Environment& world) const;
  /// When no process is in it.
  void remove(env::Environment& world) const;

 private:
  std::vector<std::filesystem::path> folders_;
};

/// The control groups of this machine, as far as this process may use them.
class Cgroups {
 public:
  explicit Cgroups(env::Environment& world, env::ControlGroups groups = {});

  /// 2 or 1; 0 if there are none.
  int version() const { return version_; }
  /// Which of "memory", "cpu" and "pids" this process can set no limits of.
  std::vector<std::string> missing() const;
  /// What helps then: "start the node as root".
  std::string remedy() const;
  /// Makes the group below that of this process, or sets its limits anew. FAILED_PRECONDITION says what is in the way, and the
  /// remedy.
  /// @param name  of all groups of this machine
  Result<Cgroup> make(const std::string& name, const control::ResourceLimits& limits) const;

 private:
  std::filesystem::path own_folder(const std::string& controller) const;
  bool can_limit(const std::string& controller) const;
  Result<std::vector<std::filesystem::path>> make_v1(const std::string& name, const control::ResourceLimits& limits) const;
  Result<std::vector<std::filesystem::path>> make_v2(const std::string& name, const control::ResourceLimits& limits) const;

  env::Environment& world_;
  env::ControlGroups groups_;
  int version_ = 0;
};

inline bool has_limits(const control::ResourceLimits& limits) {
  return limits.memory_bytes > 0 || limits.cpu > 0 || limits.processes > 0;
}

/// `holon enter-groups FILE… -- COMMAND…`, what `entering` starts. Returns only if it could not.
int enter_groups(int argc, char** argv);

}  // namespace holon::node
