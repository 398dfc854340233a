#include "node/cluster/membership.h"

#include <algorithm>
#include <utility>

#include "node/cluster/wishes.h"

namespace holon::node {
namespace {

using control::AssignmentStep;
using Kind = AssignmentStep::Kind;

// In a lease's life. When the leader among etcd's members dies, the others take up to two seconds to choose another: a renewal
// must fall early before and soon after.
constexpr int renewals = 12;
constexpr int margins = 10;  // the same
constexpr int sign_ins = 4;  // the same: the lease is not renewed meanwhile
constexpr std::chrono::milliseconds try_again_after{100};
constexpr std::chrono::seconds leave_within{1};

control::AssignmentPolicy policy_of(const ClusterConfig& config) {
  return {.lease = config.lease, .margin = env::Duration(config.lease) / margins, .goes_on = config.goes_on};
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Membership::Membership(fiber::Loop& loop, const std::string& app, const ClusterConfig& config, Registry& registry,
                       Members& members, std::function<void(const std::string&)> say)
    : loop_(loop),
      config_(config),
      registry_(registry),
      members_(members),
      say_(std::move(say)),
      prefix_("/holon/" + app + "/"),
      json_(*v1::NodeRecord::descriptor()->file()->pool()),
      assignment_(config.node, members.shared_hosts(), policy_of(config)),
      lease_(members.earlier_lease()),
      group_(forever_) {
  (void)group_.spawn([this](Call& call) { return keep(call); });
  (void)group_.spawn([this](Call& call) { return follow(call); });
  (void)group_.spawn([this](Call& call) { return decide(call); });
}

Membership::~Membership() { forever_.cancel(); }

void Membership::leave() {
  group_.cancel();
  (void)group_.wait().ok();
  if (lease_ == 0) return;
  internal::RootCall call(now() + leave_within);
  (void)registry_.revoke(call, lease_).ok();  // else it ends by itself
}

// ---- the lease -------------------------------------------------------------------------------------------

Result<void> Membership::keep(Call& call) {
  for (;;) {
    const env::Time began = now();
    Result<void> kept = renew(call);
    if (kept.ok() && !signed_in_ && !members_.stopping()) kept = sign_in(call);
    HOLON_TRY(call.check());
    kept_ = kept;
    tell_reached();
    const env::Time next = began + std::chrono::duration_cast<env::Duration>(config_.lease) / renewals;
    HOLON_TRY(sleep(call, std::max<env::Duration>(next - now(), try_again_after)));
  }
}

Result<void> Membership::renew(Call& call) {
  const env::Time asked = now();
  if (lease_ != 0) {
    const Result<void> renewed = registry_.renew(call, lease_);
    if (renewed.code() == Code::not_found) {
      lost("its lease has ended");
    } else {
      HOLON_TRY(renewed);
    }
  }
  if (lease_ == 0) {
    lease_ = HOLON_TRY(registry_.grant(call, config_.lease));
    members_.keep_lease(lease_);
  }
  assignment_.granted(asked);
  members_.alone_until(assignment_.safe_until());
  members_.changes().notify();
  return {};
}

/// Others see from here on that this node is there.
Result<void> Membership::sign_in(Call& call) {
  v1::NodeRecord record;
  record.set_node(config_.node);
  record.set_zone(config_.zone);
  record.set_address(config_.address);
  const std::string text = HOLON_TRY(json_.print(record));
  internal::BranchCall bounded(call, internal::CallAccess::scope(call));
  internal::CallAccess::set_deadline(bounded, now() + std::chrono::duration_cast<env::Duration>(config_.lease) / sign_ins);
  if (HOLON_TRY(registry_.put(bounded, lease_, prefix_ + "nodes/" + config_.node, text))) {
    signed_in_ = true;
    return {};
  }
  return already_exists("there is a node called " + config_.node + ", or has been one until a moment ago; if it goes on saying so, give "
                        "this one another name by `cluster: {node: NAME}`");
}

/// Others see that it is not there any more: they claim its replicas one by one, as it ends them.
void Membership::sign_out(Call& call) {
  assignment_.leave();
  if (!std::exchange(signed_in_, false) || !assignment_.holds(now())) return;
  internal::BranchCall bounded(call, internal::CallAccess::scope(call));
  internal::CallAccess::set_deadline(bounded, assignment_.safe_until());
  (void)registry_.remove(bounded, lease_, prefix_ + "nodes/" + config_.node).ok();
}

void Membership::lost(const std::string& why) {
  say_(config_.node + ": " + why + (config_.goes_on ? "; its hosts go on" : "; its hosts end, as others may run them now"));
  assignment_.lost();
  lease_ = 0;
  signed_in_ = false;
  published_.clear();
  members_.keep_lease(0);
  members_.alone_until({});
  members_.changes().notify();
}

/// Says it once when that changes.
void Membership::tell_reached() {
  const Result<void>& result = kept_.ok() ? heard_ : kept_;
  if (result.ok() == std::exchange(reachable_, result.ok())) return;
  say_(result.ok() ? config_.node + " is in its cluster" : config_.node + " is not in its cluster: " + result.error().message());
}

// ---- the others ------------------------------------------------------------------------------------------

Result<void> Membership::follow(Call& call) {
  const auto heard = [this](const Result<void>& result) {
    heard_ = result;
    tell_reached();
  };
  return registry_.watch(call, prefix_, {.entries = [this](const Registry::Entries& entries) { learned(entries); }, .heard = heard});
}

void Membership::learned(const Registry::Entries& entries) {
  ClusterView view;
  std::set<std::string> nodes;
  std::map<std::string, std::string> holders;
  for (const auto& [key, value] : entries) {
    const std::string below = key.substr(prefix_.size());
    const std::size_t slash = below.find('/');
    const std::string kind = below.substr(0, slash);
    const std::string name = slash == std::string::npos ? "" : below.substr(slash + 1);
    if (kind == "nodes") {
      nodes.insert(name);
      (void)json_.parse(value, view.nodes[name]).ok();  // of a later version: its name is what matters
    } else if (kind == "replicas") {
      v1::ReplicaRecord record;
      if (!json_.parse(value, record).ok()) continue;
      holders[name] = record.node();
      if (record.node() != config_.node) view.replicas[name] = record;
      if (record.node() == config_.node) written(name, value);
    } else {
      Wishes::read(json_, kind, name, value, view);
    }
  }
  assignment_.learned(std::move(nodes), std::move(holders));
  tell_of_nodes(view);
  view_ = std::move(view);
  members_.learned(view_);
  assignment_.share(members_.shared_hosts());
}

/// A member of etcd that had been frozen may write late what was asked of it before: then it is to be written anew.
void Membership::written(const std::string& replica, const std::string& record) {
  const auto published = published_.find(replica);
  if (published != published_.end() && published->second != record) published->second.clear();
}

void Membership::tell_of_nodes(const ClusterView& view) {
  std::vector<std::string> others;
  for (const auto& [name, record] : view.nodes) {
    if (name == config_.node) continue;
    others.push_back(name);
    if (knows_others_ && !view_.nodes.contains(name)) say_("node " + name + " has joined: it gets its share of the hosts");
  }
  for (const auto& [name, record] : view_.nodes) {
    if (name != config_.node && !view.nodes.contains(name)) say_("node " + name + " is gone: the others start its hosts");
  }
  if (std::exchange(knows_others_, true) || others.empty()) return;
  say_(config_.node + " joins " + listed(others) + ". If one of them is lost, the others start its hosts within seconds; calls of a "
       "service with replicas on two nodes go on meanwhile, others fail as UNAVAILABLE. What a lost node keeps in its data folders "
       "is there again when it returns.");
}

// ---- what is to be done ----------------------------------------------------------------------------------

// Whoever runs since before this node did is left alone until it is known whether the lease of the node before still holds.
Result<void> Membership::decide(Call& call) {
  const env::Time until = now() + std::chrono::duration_cast<env::Duration>(config_.lease);
  while (!assignment_.holds(now()) && now() < until) HOLON_TRY(members_.changes().wait(call, members_.changes().count(), until));
  for (;;) {
    const std::uint64_t seen = members_.changes().count();
    if (members_.stopping()) sign_out(call);
    const bool done = carry_out(call);
    HOLON_TRY(call.check());
    const env::Time wake = assignment_.wake(now());
    HOLON_TRY(members_.changes().wait(call, seen, done ? wake : std::min(wake, now() + try_again_after)));
  }
}

/// What concerns this node alone comes first: to end a host must not wait for others. False if it is to be tried again soon.
bool Membership::carry_out(Call& call) {
  const std::vector<AssignmentStep> steps = assignment_.due(now(), members_.here());
  for (const AssignmentStep& step : steps) {
    if (step.kind == Kind::start) members_.take(step.replica);
    if (step.kind == Kind::drain) members_.give_up(step.replica);
    if (step.kind == Kind::kill) members_.cut(step.replica);
  }
  if (!assignment_.holds(now())) return true;
  internal::BranchCall bounded(call, internal::CallAccess::scope(call));
  internal::CallAccess::set_deadline(bounded, assignment_.safe_until());
  bool done = publish(bounded);
  for (const AssignmentStep& step : steps) done &= carry_out(bounded, step);
  return done;
}

bool Membership::carry_out(Call& call, const AssignmentStep& step) {
  if (step.kind == Kind::claim) return claim(call, step.replica);
  if (step.kind != Kind::release) return true;
  if (!registry_.remove(call, lease_, prefix_ + "replicas/" + step.replica).ok()) return false;
  assignment_.released(step.replica);
  published_.erase(step.replica);
  return true;
}

bool Membership::claim(Call& call, const std::string& replica) {
  const Registry::Lease lease = lease_;
  if (lease == 0) return false;  // lost while others were claimed
  const std::string record = record_of(replica);
  const Result<bool> claimed = registry_.put(call, lease, prefix_ + "replicas/" + replica, record);
  if (!claimed.ok() || !*claimed || lease != lease_) return false;
  assignment_.claimed(replica);
  published_[replica] = record;
  members_.changes().notify();
  return true;
}

/// Writes down what has changed of the replicas that are claimed.
bool Membership::publish(Call& call) {
  bool done = true;
  const Registry::Lease lease = lease_;
  const std::set<std::string> claims = assignment_.claims();
  for (const std::string& replica : claims) {
    if (lease == 0 || lease != lease_) return false;  // with it the claims have ended
    const std::string record = record_of(replica);
    if (published_[replica] == record) continue;
    const Result<bool> put = registry_.put(call, lease, prefix_ + "replicas/" + replica, record);
    if (put.ok() && *put && lease == lease_) {
      published_[replica] = record;
    } else {
      done = false;
    }
  }
  return done;
}

std::string Membership::record_of(const std::string& replica) {
  v1::ReplicaRecord record = members_.record(replica);
  record.set_node(config_.node);
  record.set_zone(config_.zone);
  return json_.print(record).value_or("{}");
}

}  // namespace holon::node
