// Who holds a process, as a debugger does: it may be stopped as long as a person looks at it, so nobody counts that against it.
#pragma once

#include <optional>
#include <string>

#include "env/environment.h"
#include "holon/result.h"

namespace holon::node {

/// "gdb (pid 812)" if that traces the process; nothing if nobody does, or the process is gone. An error if this node cannot look.
Result<std::optional<std::string>> debugger_of(env::Environment& world, int pid);

}  // namespace holon::node
