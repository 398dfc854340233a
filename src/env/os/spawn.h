// Starting a process, reading what it prints, and finding who has a port: the parts of process.cc.
#pragma once

#include <optional>
#include <string>

#include "env/os/os.h"

namespace holon::env {

/// Where a captured child's standard output and error go.
struct ChildEnds {
  int output = -1;
  int error = -1;
};

/// Starts a process and gives its pid. Its signals are as if nobody had touched them, its standard input is empty.
Result<int> spawn_process(const Spawn& what, std::optional<ChildEnds> captured);

/// See Processes::become.
Error become_process(const Become& what);

/// Who listens on a TCP port of this network namespace, from /proc.
std::optional<std::string> find_port_owner(int port);

}  // namespace holon::env
