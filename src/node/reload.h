// Reload: `gateway:` of holon.yaml is read again while everything runs.
#pragma once

#include "holon/call.h"
#include "node/deployment.h"
#include "node/supervisor.h"

namespace holon::node {

/// Checks the whole file first. INVALID_ARGUMENT or FAILED_PRECONDITION with all that is wrong, at its line; then nothing has
/// changed. Of the file, `gateway:` alone is looked at: the rest takes a new start.
/// @param running  what this node was started with; has the new section afterwards
Result<v1::ReloadReply> reload(Call& call, env::Environment& world, Deployment& running, Supervisor& supervisor);

}  // namespace holon::node
