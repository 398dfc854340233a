// Processors: how many of the machine's a process can keep busy, as control groups bound it. More threads that compute than that
// would use up the quota of a period together, and then all stand still until it ends.
#pragma once

#include <filesystem>
#include <string>
#include <thread>

#include "env/disk.h"

namespace holon::env {

/// Where Linux says what bounds this process (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/).
struct ControlGroups {
  std::filesystem::path mount = "/sys/fs/cgroup";
  /// Of version 1, or for "" of version 2, a line each: "ID:CONTROLLERS:PATH".
  std::filesystem::path own = "/proc/self/cgroup";

  /// The folder of the group that this process is in, by a controller of version 1, or, for "", of version 2. A container may not
  /// see the folder of that name: then what it sees is its own.
  std::filesystem::path folder(Disk& disk, const std::string& controller) const;
};

/// At least one. A quota of one and a half is two.
/// @param there  how many the machine has
unsigned processors(Disk& disk, const ControlGroups& groups = {}, unsigned there = std::thread::hardware_concurrency());

}  // namespace holon::env
