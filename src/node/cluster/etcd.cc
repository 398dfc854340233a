#include "node/cluster/etcd.h"

#include <algorithm>
#include <utility>

#include "fiber/call.h"
#include "holon/task.h"

namespace holon::node {
namespace {

namespace api = ::etcdserverpb;

// Of one member, before the next is asked. What is written goes to the disks of the majority first; a renewal goes to none.
constexpr std::chrono::milliseconds answer_within{1000};
constexpr std::chrono::milliseconds renew_within{300};
constexpr std::chrono::milliseconds follow_again_first{50};
constexpr std::chrono::seconds follow_again_most{1};

/// The first key after all that begin with `prefix`, which does not end with 0xff.
std::string after(std::string prefix) {
  ++prefix.back();
  return prefix;
}

api::Compare under_lease(const std::string& key, Registry::Lease lease) {
  api::Compare compare;
  compare.set_result(api::Compare::EQUAL);
  compare.set_target(api::Compare::LEASE);
  compare.set_key(key);
  compare.set_lease(lease);
  return compare;
}

api::Compare absent(const std::string& key) {
  api::Compare compare;
  compare.set_result(api::Compare::EQUAL);
  compare.set_target(api::Compare::CREATE);
  compare.set_key(key);
  compare.set_create_revision(0);
  return compare;
}

api::Compare unchanged(const std::string& key, std::int64_t revision) {
  api::Compare compare;
  compare.set_result(api::Compare::EQUAL);
  compare.set_target(api::Compare::MOD);
  compare.set_key(key);
  compare.set_mod_revision(revision);
  return compare;
}

api::RequestOp putting(const std::string& key, const std::string& value, Registry::Lease lease) {
  api::RequestOp op;
  op.mutable_request_put()->set_key(key);
  op.mutable_request_put()->set_value(value);
  op.mutable_request_put()->set_lease(lease);
  return op;
}

/// Changes in the order they were made.
void apply(const api::WatchResponse& changes, Registry::Entries& entries) {
  for (const api::Event& event : changes.events()) {
    if (event.type() == api::Event::DELETE) {
      entries.erase(event.kv().key());
    } else {
      entries[event.kv().key()] = event.kv().value();
    }
  }
}

}  // namespace

Etcd::Etcd(fiber::Loop& loop, const EtcdConfig& config, const std::shared_ptr<crypto::ClientTls>& tls)
    : login_(config.user, config.password) {
  for (const EtcdAddress& member : config.members) members_.push_back(std::make_unique<EtcdMember>(loop, member, tls));
}

/// Asks the current member and, where that does not help, each of the others once.
template <class Ask>
Etcd::Answer<Ask> Etcd::ask(Call& call, env::Duration within, Ask what, As who) {
  for (std::size_t tried = 1;; ++tried) {
    EtcdMember& member = *members_[current_];
    Answer<Ask> answer = ask_one(call, within, member, what, who);
    HOLON_TRY(call.check());
    if (answer.ok()) return answer;
    if (!is_members_fault(answer.error())) return with_remedy(answer.error());
    leave(member);
    if (tried >= members_.size()) return with_remedy(answer.error());
  }
}

template <class Ask>
Etcd::Answer<Ask> Etcd::ask_one(Call& call, env::Duration within, EtcdMember& member, Ask what, As who) {
  for (bool again = false;; again = true) {
    if (who == As::user) HOLON_TRY(login_.enter(call, member));
    OutgoingCall bounded(call);
    bounded.timeout(within);
    login_.sign(bounded);
    Answer<Ask> answer = what(bounded, member);
    if (answer.ok() || again || !login_.token_failed(answer.error())) return answer;
  }
}

void Etcd::leave(const EtcdMember& member) {
  if (members_[current_].get() != &member) return;  // somebody else has noticed before
  current_ = (current_ + 1) % members_.size();
  moves_.notify();
}

Result<Registry::Lease> Etcd::grant(Call& call, std::chrono::seconds life) {
  return ask(call, answer_within, [&](Call& bounded, EtcdMember& member) -> Result<Lease> {
    api::LeaseGrantRequest request;
    request.set_ttl(life.count());
    const api::LeaseGrantResponse granted = HOLON_TRY(member.lease->LeaseGrant(bounded, request));
    return granted.id();
  });
}

// To renew a lease etcd asks for no user: a node whose user is refused, or whose password takes long, keeps what it has.
Result<void> Etcd::renew(Call& call, Lease lease) {
  const auto keep_alive = [&](Call& bounded, EtcdMember& member) -> Result<void> {
    api::LeaseKeepAliveRequest request;
    request.set_id(lease);
    auto stream = member.lease->LeaseKeepAlive(bounded);
    HOLON_TRY(stream.write(request));
    const std::optional<api::LeaseKeepAliveResponse> renewed = HOLON_TRY(stream.next());
    if (!renewed) return unavailable("etcd ended the renewal of a lease");
    if (renewed->ttl() <= 0) return not_found("the lease has ended");
    return {};
  };
  return ask(call, renew_within, keep_alive, As::anybody);
}

Result<void> Etcd::revoke(Call& call, Lease lease) {
  return ask(call, answer_within, [&](Call& bounded, EtcdMember& member) -> Result<void> {
    api::LeaseRevokeRequest request;
    request.set_id(lease);
    HOLON_TRY(member.lease->LeaseRevoke(bounded, request));
    return {};
  });
}

Result<bool> Etcd::put(Call& call, Lease lease, const std::string& key, const std::string& value) {
  if (lease == 0) return failed_precondition(key + " would stay for ever: there is no lease to write it under");
  return ask(call, answer_within, [&](Call& bounded, EtcdMember& member) -> Result<bool> {
    api::TxnRequest request;
    *request.add_compare() = absent(key);
    *request.add_success() = putting(key, value, lease);
    api::TxnRequest& otherwise = *request.add_failure()->mutable_request_txn();
    *otherwise.add_compare() = under_lease(key, lease);
    *otherwise.add_success() = putting(key, value, lease);
    const api::TxnResponse done = HOLON_TRY(member.kv->Txn(bounded, request));
    return done.succeeded() || (done.responses_size() == 1 && done.responses(0).response_txn().succeeded());
  });
}

Result<void> Etcd::remove(Call& call, Lease lease, const std::string& key) {
  return ask(call, answer_within, [&](Call& bounded, EtcdMember& member) -> Result<void> {
    api::TxnRequest request;
    *request.add_compare() = under_lease(key, lease);
    request.add_success()->mutable_request_delete_range()->set_key(key);
    HOLON_TRY(member.kv->Txn(bounded, request));
    return {};
  });
}

// A member that was frozen does late what it was asked before, when others have been asked for something else since: so an entry is
// written only in place of the one that was there, and never taken away, as none is like another that is none.
Result<void> Etcd::keep(Call& call, const std::string& key, const std::string& value) {
  return ask(call, answer_within, [&](Call& bounded, EtcdMember& member) -> Result<void> {
    api::RangeRequest before;
    before.set_key(key);
    const api::RangeResponse found = HOLON_TRY(member.kv->Range(bounded, before));
    api::TxnRequest request;
    *request.add_compare() = unchanged(key, found.kvs_size() == 0 ? 0 : found.kvs(0).mod_revision());
    *request.add_success() = putting(key, value, 0);
    const api::TxnResponse done = HOLON_TRY(member.kv->Txn(bounded, request));
    if (!done.succeeded()) return aborted(key + " was changed by somebody else at the same time");
    return {};
  });
}

// A member that is frozen, or has lost the others, keeps its streams open and says nothing: whoever asks it something meanwhile
// leaves it, and this follows.
Result<void> Etcd::watch(Call& call, const std::string& prefix, const Told& told) {
  for (env::Duration pause = follow_again_first;;) {
    const std::uint64_t seen = moves_.count();
    bool refused = false;
    {
      EtcdMember& member = *members_[current_];
      TaskGroup following(call);
      (void)following.spawn([&](Call& branch) -> Result<void> {
        const Result<void> ended = follow(branch, member, prefix, told);
        HOLON_TRY(branch.check());
        refused = !is_members_fault(ended.error());
        if (refused) told.heard(with_remedy(ended.error()));
        refused ? moves_.notify() : leave(member);
        return ended;
      });
      HOLON_TRY(moves_.wait(call, seen));
    }
    HOLON_TRY(sleep(call, pause));
    pause = refused ? std::min<env::Duration>(2 * pause, follow_again_most) : follow_again_first;
  }
}

/// Until that fails.
Result<void> Etcd::follow(Call& call, EtcdMember& member, const std::string& prefix, const Told& told) {
  std::int64_t revision = 0;
  Entries entries = HOLON_TRY(all(call, member, prefix, revision));
  told.entries(entries);

  api::WatchRequest request;
  api::WatchCreateRequest& changes = *request.mutable_create_request();
  changes.set_key(prefix);
  changes.set_range_end(after(prefix));
  changes.set_start_revision(revision + 1);
  OutgoingCall watching(call);
  login_.sign(watching);
  auto stream = member.watch->Watch(watching);
  HOLON_TRY(stream.write(request));
  for (bool heard = false;; heard = true) {
    const std::optional<api::WatchResponse> response = HOLON_TRY(stream.next());
    if (!response) return unavailable("etcd ended the watch");
    if (response->canceled()) {
      const std::string why = "etcd ended the watch: " + response->cancel_reason();
      return heard ? unavailable(why) : aborted(why);  // what was good once may be so elsewhere
    }
    if (!heard) told.heard({});
    if (response->events_size() == 0) continue;
    apply(*response, entries);
    told.entries(entries);
  }
}

/// @param revision  what was read is the state at this one
Result<Registry::Entries> Etcd::all(Call& call, EtcdMember& member, const std::string& prefix, std::int64_t& revision) {
  return ask_one(call, answer_within, member, [&](Call& bounded, EtcdMember& asked) -> Result<Entries> {
    api::RangeRequest request;
    request.set_key(prefix);
    request.set_range_end(after(prefix));
    const api::RangeResponse found = HOLON_TRY(asked.kv->Range(bounded, request));
    Entries entries;
    for (const api::KeyValue& entry : found.kvs()) entries[entry.key()] = entry.value();
    revision = found.header().revision();
    return entries;
  });
}

}  // namespace holon::node
