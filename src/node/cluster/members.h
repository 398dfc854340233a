// Members: the hosts of a node as its membership sees them: which of them run is shared out among the nodes.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "control/assignment.h"
#include "holon/node/v1/cluster.pb.h"
#include "node/changes.h"

namespace holon::node {

/// What the nodes have written down.
struct ClusterView {
  std::map<std::string, v1::NodeRecord> nodes;       ///< by name, this one too
  std::map<std::string, v1::ReplicaRecord> replicas;  ///< "cart.0"; only those of other nodes
  std::map<std::string, int> scale;                  ///< how many replicas a host has, where that is not as holon.yaml says
  std::set<std::string> stopped;                     ///< replicas that nobody runs until they are started
};

class Members {
 public:
  virtual ~Members() = default;

  /// Those that are shared out, with as many replicas as were learned to be wished.
  virtual std::vector<control::ReplicatedHost> shared_hosts() const = 0;
  virtual control::Assignment::Here here() const = 0;
  /// Runs it here from now on, unless it is stopped.
  virtual void take(const std::string& replica) = 0;
  /// Ends it within its drain time.
  virtual void give_up(const std::string& replica) = 0;
  virtual void cut(const std::string& replica) = 0;
  /// What the other nodes are told of a replica that runs here.
  virtual v1::ReplicaRecord record(const std::string& replica) const = 0;
  virtual void learned(const ClusterView& view) = 0;
  /// Told of everything that changes above; whoever waits for it is told by this, too.
  virtual Changes& changes() = 0;
  virtual bool stopping() const = 0;

  /// The lease of an earlier node whose hosts run on; 0 if there is none.
  virtual std::int64_t earlier_lease() const = 0;
  /// Keeps it for the next node.
  virtual void keep_lease(std::int64_t lease) = 0;
  /// Until then no other node runs what runs here: the lease holds. Hosts end by themselves when they hear of nothing later.
  virtual void alone_until(env::Time until) = 0;
};

}  // namespace holon::node
