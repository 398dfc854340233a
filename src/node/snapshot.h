// Asks one host what it has counted.
#pragma once

#include <string>

#include "holon/call.h"
#include "holon/node/v1/node.pb.h"

namespace holon::node {

/// Calls holon.node.v1.Host/Snapshot at this address, within a second.
Result<v1::SnapshotReply> take_snapshot(Call& call, const std::string& address);

}  // namespace holon::node
