// What the processes of a host use, from /proc. A host is a process group of its own, so its children count, too.
#pragma once

#include <cstdint>
#include <map>

#include "env/environment.h"

namespace holon::node {

struct GroupUsage {
  env::Duration cpu{};               ///< so far, of the processes that still run
  std::uint64_t memory_bytes = 0;    ///< that is no file's
  int processes = 0;
  int descriptors = 0;
};

/// By process group. What ends meanwhile is left out.
std::map<int, GroupUsage> usage_of_groups(env::Environment& world);

}  // namespace holon::node
