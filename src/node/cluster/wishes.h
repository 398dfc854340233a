// Wishes: what people want of the hosts of a cluster, whichever node they ask. It is written down for all nodes, outlives each of
// them, and each follows it as soon as it learns of it (Members::learned).
//
//   /holon/APP/scale/HOST       how many replicas it has (v1::ScaleRecord)
//   /holon/APP/stopped/REPLICA  it does not run (v1::StopRecord)
#pragma once

#include <string>
#include <string_view>

#include "contract/json.h"
#include "node/cluster/members.h"
#include "node/cluster/registry.h"

namespace holon::node {

class Wishes {
 public:
  /// @param node  which is asked
  Wishes(Registry& registry, const std::string& app, std::string node);

  // While etcd's members agree on another leader nobody can write: each is tried for a while. UNAVAILABLE if that is in vain.

  /// From here on the host has so many replicas.
  Result<void> scale(Call& call, const std::string& host, int replicas);
  /// From here on the host has as many as holon.yaml says.
  Result<void> unscale(Call& call, const std::string& host);
  /// "cart.0" does not run any more.
  Result<void> stop(Call& call, const std::string& replica);
  /// It runs again.
  Result<void> start(Call& call, const std::string& replica);

  /// Adds to the view what is wished by an entry, whose key ends with "KIND/NAME". What a later version may wish is left alone.
  static void read(const contract::Json& json, std::string_view kind, const std::string& name, const std::string& value,
                   ClusterView& view);

 private:
  Result<void> write(Call& call, std::string_view kind, const std::string& name, const google::protobuf::Message& record);

  Registry& registry_;
  std::string prefix_;  ///< "/holon/shop/"
  std::string node_;
  contract::Json json_;
};

}  // namespace holon::node
