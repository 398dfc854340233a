// Supervisor: the hosts of one application on this node. Starts them in the order that their calls need, takes over those of an
// earlier node, looks after them, starts again what ends, and knows where each service answers. Everything on one loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "control/directory.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "holon/node/v1/node.pb.h"
#include "holon/task.h"
#include "node/changes.h"
#include "node/cluster/members.h"
#include "node/deployment.h"
#include "node/events.h"
#include "node/fault_book.h"
#include "node/health_watch.h"
#include "node/host_process.h"
#include "node/host_starts.h"
#include "node/ports.h"
#include "node/rotating_log.h"
#include "node/start_order.h"

namespace holon::node {

class Supervisor final : public Members, private HostEvents {
 public:
  static constexpr int replicas_max = 100;  ///< of one host

  /// @param holon  the path of the `holon` program, which is the gateway's too
  /// @param say    told, for people, what happens
  Supervisor(fiber::Loop& loop, const Deployment& deployment, const std::filesystem::path& holon,
             std::function<void(const std::string&)> say);
  ~Supervisor();

  /// Takes over what runs already and starts the rest. An error if the gateway's address is taken; then nothing was
  /// started.
  Result<void> start();
  /// Ends the gateway, then the other hosts, each within its drain time.
  void stop();
  /// Ends all hosts at once.
  void kill();
  /// Whether that is done.
  bool stopped() const;
  bool stopping() const override { return stopping_; }

  // ---- single hosts, by the names of replicas ("cart.0")
  /// Which replicas are meant: those that run on this node, or of those that nodes share all.
  enum class Where { here, anywhere };
  /// The replicas that names mean: of hosts, of one replica, of services; all but holon's own if there are none. NOT_FOUND names
  /// what there is none of, with a suggestion.
  Result<std::vector<std::string>> replicas(const std::vector<std::string>& names, Where where = Where::here) const;
  /// Ends it until it is started.
  void stop(const std::string& replica);
  /// Starts it if it was stopped, and before it what it needs.
  void start(const std::string& replica);
  /// Ends it and starts it anew; one that was stopped is started.
  void restart(const std::string& replica);
  /// How many replicas of a host run from here on; between 1 and 100. NOT_FOUND if there is no such host. In a cluster `learned`
  /// says that.
  Result<void> scale(const std::string& host, int replicas);
  static Result<void> check_scale(const std::string& host, int replicas);
  /// What runs there, or on another node; nothing if there is no such replica.
  std::optional<v1::HostState> state(const std::string& replica) const;

  // ---- faults that somebody puts on calls
  /// FaultBook's; its `from` and `to` are contracts. All hosts are told.
  Result<v1::Fault> add_fault(v1::Fault fault, std::int64_t for_ms);
  Result<void> remove_faults(const std::vector<std::uint32_t>& ids);
  const std::vector<v1::Fault>& faults() const { return faults_.all(); }

  // ---- what is shared out among the nodes of a cluster
  bool shared(const std::string& replica) const;
  std::vector<control::ReplicatedHost> shared_hosts() const override;
  control::Assignment::Here here() const override;
  void take(const std::string& replica) override;
  void give_up(const std::string& replica) override;
  void cut(const std::string& replica) override;
  v1::ReplicaRecord record(const std::string& replica) const override;
  void learned(const ClusterView& view) override;
  std::int64_t earlier_lease() const override { return lease_; }
  void keep_lease(std::int64_t lease) override;
  void alone_until(env::Time until) override { alone_until_ = until; }

  // ---- what hosts say
  /// A host is there. Whoever is none of this node's is told to end.
  Result<void> attached(const v1::AttachRequest& request);
  Result<void> ready(const std::string& host, int pid);
  /// For how long no other node runs it, whatever happens to this one; nothing if that is not known, or it is none of this node's.
  env::Duration may_run_for(const v1::MayRunRequest& who) const;

  // ---- what others ask
  /// Where every service answers, for hosts.
  v1::Directory directory() const;
  /// What runs, for people.
  v1::ListReply list() const;
  /// Counts what changes in either.
  Changes& changes() override { return changes_; }
  /// What happened, and why.
  Events& events() { return events_; }
  /// What its hosts write.
  RotatingLogs& logs() { return logs_; }
  /// Tells of something that happened to the application as a whole.
  void tell(const std::string& kind, const std::string& text) { tell(kind, "", text, {}); }
  /// The address of each host that counts what it does, by host.
  std::vector<std::pair<std::string, std::string>> endpoints() const;
  /// What the gateway reads when it starts, or is told to.
  Result<void> write_gateway_config(const std::string& yaml) const;
  /// Where it answers its node; nothing unless it is ready.
  std::optional<std::string> gateway_endpoint() const;
  /// It runs by this now.
  void gateway_reloaded(const std::string& yaml);
  /// The other nodes of its cluster.
  std::vector<std::string> other_nodes() const;
  /// "http://127.0.0.1:8080", or empty.
  std::string gateway_url() const;

 private:
  struct Member {
    HostPlan plan;
    std::unique_ptr<HostProcess> process;
    std::unique_ptr<HealthWatch> health;
    std::string warning = {};  ///< what of holon.yaml does not hold for it
    bool here = true;      ///< whether this node is to run it; else another does
    bool cut = false;      ///< killed, as another node may run it
    bool waits = false;    ///< for what it needs, before it starts
    bool retired = false;  ///< not wanted any more: gone when it has ended
  };

  void started(HostProcess& host) override;
  void ready(HostProcess& host) override;
  void ended(HostProcess& host) override;
  void ending(HostProcess& host) override;
  void health_changed(Member& member);

  Member& add(HostPlan plan, HostStart start);
  Result<Member*> provide(HostPlan replica);
  HostStart start_of(const HostPlan& plan) const;
  Result<void> place(const State& earlier);
  Result<void> place_command(Member& member, const State& earlier);
  Result<void> place_outlet(const State& earlier);
  void prepare_commands();
  Result<void> look_after_disk(Call& call);
  void bound(Member& member);
  static bool calls_by_outlet(const HostPlan& plan) { return !plan.host.command.empty() && !plan.host.calls.empty(); }
  std::optional<env::Address> door_of(const HostPlan& plan) const;
  std::vector<std::string> contracts_of(const std::string& service) const;
  Result<State> earlier_state() const;
  Result<void> open_all(const State& earlier);
  void take_over(const State& earlier);
  void begin(Member& member);
  void start_waiting();
  bool may_start(const Member& member) const;
  std::vector<const Member*> replicas_of(const std::string& host) const;
  std::optional<std::string> host_of(const std::string& service) const;
  Member* find(const std::string& name);
  const Member* find(const std::string& name) const;
  void publish(const Member& member);
  void stop_next();
  bool shared(const Member& member) const;
  int replicas_wanted(const HostPlan& plan) const;
  bool is_too_many(const Member& member) const { return shared(member) && member.plan.replica >= replicas_wanted(member.plan); }
  Member* scaled_before(const std::string& name);
  void follow_wishes(const ClusterView& before);
  void leave(Member& member);
  void close_doors(Member& member);
  void add_others(v1::ListReply& list) const;
  void tell(const std::string& kind, const std::string& host, const std::string& text, const HostProcess* ended);
  void tell_fault(const std::string& kind, const std::string& text);
  void expire_faults();
  void faults_changed();
  v1::HostState state_of(const Member& member) const;
  static v1::HostState state_elsewhere(const std::string& replica, const v1::ReplicaRecord& record);
  v1::Permissions permissions() const;
  void changed();
  void save();
  std::string boot() const;
  std::int64_t built() const;

  fiber::Loop& loop_;
  const Deployment& deployment_;
  std::filesystem::path holon_;
  HostStarts starts_;
  std::function<void(const std::string&)> say_;
  StartOrder order_;
  std::vector<std::unique_ptr<Member>> members_;
  std::map<std::string, MeshCaller> mesh_callers_;  ///< by the contract in whose name they call
  Ports ports_;
  control::Directory directory_;
  ClusterView others_;      ///< what the other nodes run
  std::int64_t lease_ = 0;  ///< by which this node is one of them
  env::Time alone_until_{};  ///< until then it holds: no other node runs what this one does
  FaultBook faults_;
  fiber::Timer fault_timer_;  ///< for the end of the next one
  Changes changes_;
  Events events_;
  RotatingLogs logs_{loop_.environment().disk()};
  bool saved_ = true;       ///< whether what is written down is how it is
  env::Time wait_until_{};  ///< for what hosts need: then they start without
  fiber::Timer wait_timer_;
  bool taking_over_ = true;
  bool stopping_ = false;
  internal::RootCall watching_{Deadline::max()};
  TaskGroup watches_;  ///< of health
};

}  // namespace holon::node
