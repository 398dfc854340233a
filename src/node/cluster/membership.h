// Membership: this node among the others of its application. It keeps its lease, claims the replicas that are its share and has
// them run, writes down where they answer, and learns where those of the others do. What is to be done control::Assignment says.
//
//   /holon/APP/nodes/NODE        this node is there (v1::NodeRecord)
//   /holon/APP/replicas/REPLICA  it runs this one, and where that answers (v1::ReplicaRecord)
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "contract/json.h"
#include "control/assignment.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "holon/node/v1/cluster.pb.h"
#include "holon/task.h"
#include "node/cluster/config.h"
#include "node/cluster/members.h"
#include "node/cluster/registry.h"

namespace holon::node {

class Membership {
 public:
  /// @param members  the hosts that it moves; all of these outlive it
  /// @param say      told, for people, what happens
  Membership(fiber::Loop& loop, const std::string& app, const ClusterConfig& config, Registry& registry, Members& members,
             std::function<void(const std::string&)> say);
  ~Membership();

  /// After all hosts have ended: the others need not wait for the lease's end.
  void leave();

 private:
  Result<void> keep(Call& call);
  Result<void> follow(Call& call);
  Result<void> decide(Call& call);
  Result<void> renew(Call& call);
  Result<void> sign_in(Call& call);
  void learned(const Registry::Entries& entries);
  void written(const std::string& replica, const std::string& record);
  void tell_of_nodes(const ClusterView& view);
  void sign_out(Call& call);
  void lost(const std::string& why);
  void tell_reached();
  bool carry_out(Call& call);
  bool carry_out(Call& call, const control::AssignmentStep& step);
  bool claim(Call& call, const std::string& replica);
  bool publish(Call& call);
  std::string record_of(const std::string& replica);
  env::Time now() const { return loop_.environment().now(); }

  fiber::Loop& loop_;
  const ClusterConfig& config_;
  Registry& registry_;
  Members& members_;
  std::function<void(const std::string&)> say_;
  std::string prefix_;  ///< "/holon/shop/"
  contract::Json json_;
  control::Assignment assignment_;
  Registry::Lease lease_ = 0;
  bool signed_in_ = false;  ///< whether it is written down, under this lease, that this node is there
  Result<void> kept_;       ///< whether the registry answered last
  Result<void> heard_;      ///< whether it lets this node hear of the others
  bool reachable_ = true;   ///< both, as it was told last
  bool knows_others_ = false;
  ClusterView view_;
  std::map<std::string, std::string> published_;  ///< what is written down of the claimed replicas
  internal::RootCall forever_{Deadline::max()};
  TaskGroup group_;
};

}  // namespace holon::node
