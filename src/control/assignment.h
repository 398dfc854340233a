// Assignment: which of an application's replicas one of its nodes runs. Each replica is claimed by one node at a time, under the
// lease by which that node is there at all; who loses its lease ends what it runs before anybody else can claim it. Each node
// decides for itself, by the same rule over what all of them see.
//
//   assignment.granted(asked);                 // a lease that was asked for at that moment
//   assignment.learned(nodes, holders);        // whenever that changes
//   for (const AssignmentStep& step : assignment.due(now, here)) …   // until there is none; again at wake()
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "env/environment.h"

namespace holon::control {

/// A host, and how many replicas of it the whole application has: "cart.0", "cart.1", …
struct ReplicatedHost {
  std::string name;
  int replicas = 1;
  bool operator==(const ReplicatedHost&) const = default;
};

/// Which node is to run each replica. The replicas of a host are spread over the nodes; apart from that a replica's node is the
/// first by the hash of both names (rendezvous hashing, Thaler and Ravishankar 1998), so that a node that comes or goes moves no
/// more than its share.
std::map<std::string, std::string> share_out(const std::vector<ReplicatedHost>& hosts, const std::set<std::string>& nodes);

struct AssignmentStep {
  enum class Kind {
    claim,    ///< write down that this node runs it, unless another does: then `claimed`
    start,    ///< it is this node's: run it
    drain,    ///< another node is to run it: end it as soon as its calls have ended
    release,  ///< it has ended: let others claim it, then `released`
    kill,     ///< end it at once: another node may run it soon, or does
  };
  Kind kind;
  std::string replica;
  bool operator==(const AssignmentStep&) const = default;
};

struct AssignmentPolicy {
  env::Duration lease = std::chrono::seconds(3);  ///< as etcd counts it, from when it is asked for or later
  /// Before the lease's end: so long it takes at most to end what runs.
  env::Duration margin = std::chrono::milliseconds(300);
  /// Whether a node without a lease goes on with what it runs. Then a node that is cut off and one that took its place may run
  /// the same replica.
  bool goes_on = false;
};

class Assignment {
 public:
  Assignment(std::string node, std::vector<ReplicatedHost> hosts, AssignmentPolicy policy = {});

  /// The lease, or a renewal of it, that was asked for at `asked` has been granted.
  void granted(env::Time asked);
  /// It has ended before its time, and with it all claims.
  void lost();
  /// Whether others can rely on it: it ends no earlier than `margin` from now.
  bool holds(env::Time now) const { return now < safe_until_; }
  /// Until then, if it is not renewed.
  env::Time safe_until() const { return safe_until_; }

  /// Who is there, and which node has claimed what.
  void learned(std::set<std::string> nodes, std::map<std::string, std::string> holders);
  /// What there is to be run, from here on. What no host has any more is ended and released.
  void share(std::vector<ReplicatedHost> hosts);
  void claimed(const std::string& replica) { claims_.insert(replica); }
  void released(const std::string& replica) { claims_.erase(replica); }
  /// From here on it runs nothing: this node ends.
  void leave() { leaving_ = true; }

  /// What of this is here.
  struct Here {
    std::set<std::string> wanted;   ///< started, and not told to end since
    std::set<std::string> running;  ///< processes that have not ended yet
  };
  std::vector<AssignmentStep> due(env::Time now, const Here& here) const;
  /// When `due` has to be asked even if nothing happens.
  env::Time wake(env::Time now) const { return holds(now) ? safe_until_ : env::Time::max(); }

  const std::set<std::string>& claims() const { return claims_; }
  const std::string& node() const { return node_; }

 private:
  using Kind = AssignmentStep::Kind;

  std::vector<AssignmentStep> cut_off(const Here& here) const;
  std::optional<Kind> step_of(const std::string& replica, const Here& here) const;
  bool has_another(const std::string& replica) const;

  std::string node_;
  std::vector<ReplicatedHost> hosts_;
  AssignmentPolicy policy_;
  env::Time safe_until_ = env::Time::min();
  std::set<std::string> nodes_;
  std::map<std::string, std::string> holders_;  ///< by replica
  std::map<std::string, std::string> wishes_;   ///< the same, as it should be
  std::set<std::string> claims_;                ///< under the lease that holds; nobody else takes them away
  bool leaving_ = false;
};

}  // namespace holon::control
