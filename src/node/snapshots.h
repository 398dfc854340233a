// What all hosts of a node have counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "holon/call.h"
#include "holon/node/v1/node.pb.h"
#include "node/supervisor.h"

namespace holon::node {

/// By the host's name. One that does not answer within a second is left out: it is starting, or in trouble that `ps` shows.
std::map<std::string, v1::SnapshotReply> take_snapshots(Call& call, const Supervisor& supervisor);

/// Calls that a host could not take in time, since it started.
std::uint64_t turned_away(const v1::SnapshotReply& snapshot);

}  // namespace holon::node
