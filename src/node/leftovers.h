// Hosts that a node left behind when it was killed, ended without a node.
#pragma once

#include "holon/result.h"
#include "node/folder.h"

namespace holon::env {
class Environment;
}

namespace holon::node {

/// Ends them, the gateway first, and clears up. Blocks the thread, at most as long as hosts take to drain. Gives how
/// many there were. Not while a node runs: ALREADY_EXISTS.
Result<int> end_leftovers(env::Environment& world, const Folder& folder);

}  // namespace holon::node
