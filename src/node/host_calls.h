// What a node asks its hosts, each at its own address.
#pragma once

#include <string>

#include "holon/call.h"
#include "holon/node/v1/node.pb.h"

namespace holon::node {

/// What it has counted: holon.node.v1.Host/Snapshot, within a second.
Result<v1::SnapshotReply> take_snapshot(Call& call, const std::string& address);

/// Whether it serves: grpc.health.v1.Health/Check of all of it. Who knows no such service answers, and so lives.
Result<bool> check_health(Call& call, const std::string& address);

/// A gateway reads its configuration again: holon.node.v1.Gateway/Reload, within ten seconds.
Result<void> reload_gateway(Call& call, const std::string& address);

}  // namespace holon::node
