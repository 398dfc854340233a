#include "node/cluster/etcd.h"

#include <algorithm>
#include <utility>

#include "app/assembly.h"
#include "client/pool.h"
#include "etcd/rpc.holon.h"
#include "fiber/call.h"
#include "holon/task.h"

namespace holon::node {
namespace {

namespace api = ::etcdserverpb;

// Of one member, before the next is asked. What is written goes to the disks of the majority first; a renewal goes to none.
constexpr std::chrono::milliseconds answer_within{1000};
constexpr std::chrono::milliseconds renew_within{300};
constexpr std::chrono::milliseconds follow_again_after{50};

/// The first key after all that begin with `prefix`, which does not end with 0xff.
std::string after(std::string prefix) {
  ++prefix.back();
  return prefix;
}

/// Whether another member may know better.
bool is_members_fault(const Error& error) {
  return error.code() == Code::unavailable || error.code() == Code::deadline_exceeded || error.code() == Code::unknown;
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

class Etcd::Member {
 public:
  Member(fiber::Loop& loop, const env::Address& address)
      : pools_({&loop}), refs_({}, &pools_), kv(refs_.ref<api::KV>()), watch(refs_.ref<api::Watch>()), lease(refs_.ref<api::Lease>()) {
    client::Endpoints endpoints;
    endpoints.everything = {address};
    pools_.update(std::move(endpoints));
  }

 private:
  client::Pools pools_;
  app::Assembly refs_;

 public:
  Ref<api::KV> kv;
  Ref<api::Watch> watch;
  Ref<api::Lease> lease;
};

Etcd::Etcd(fiber::Loop& loop, const std::vector<env::Address>& members) {
  for (const env::Address& member : members) members_.push_back(std::make_unique<Member>(loop, member));
}

Etcd::~Etcd() = default;

/// Asks the current member and, where that does not help, each of the others once.
template <class Ask>
auto Etcd::ask(Call& call, env::Duration within, Ask what) -> decltype(what(call, std::declval<Member&>())) {
  for (std::size_t tried = 1;; ++tried) {
    Member& member = *members_[current_];
    internal::BranchCall bounded(call, internal::CallAccess::scope(call));
    internal::CallAccess::set_deadline(bounded, std::min(call.deadline(), fiber::Loop::current()->now() + within));
    auto answer = what(bounded, member);
    HOLON_TRY(call.check());
    if (answer.ok() || !is_members_fault(answer.error())) return answer;
    leave(member);
    if (tried >= members_.size()) return answer;
  }
}

void Etcd::leave(const Member& member) {
  if (members_[current_].get() != &member) return;  // somebody else has noticed before
  current_ = (current_ + 1) % members_.size();
  moves_.notify();
}

Result<Registry::Lease> Etcd::grant(Call& call, std::chrono::seconds life) {
  return ask(call, answer_within, [&](Call& bounded, Member& member) -> Result<Lease> {
    api::LeaseGrantRequest request;
    request.set_ttl(life.count());
    const api::LeaseGrantResponse granted = HOLON_TRY(member.lease->LeaseGrant(bounded, request));
    return granted.id();
  });
}

Result<void> Etcd::renew(Call& call, Lease lease) {
  return ask(call, renew_within, [&](Call& bounded, Member& member) -> Result<void> {
    api::LeaseKeepAliveRequest request;
    request.set_id(lease);
    auto stream = member.lease->LeaseKeepAlive(bounded);
    HOLON_TRY(stream.write(request));
    const std::optional<api::LeaseKeepAliveResponse> renewed = HOLON_TRY(stream.next());
    if (!renewed) return unavailable("etcd ended the renewal of a lease");
    if (renewed->ttl() <= 0) return not_found("the lease has ended");
    return {};
  });
}

Result<void> Etcd::revoke(Call& call, Lease lease) {
  return ask(call, answer_within, [&](Call& bounded, Member& member) -> Result<void> {
    api::LeaseRevokeRequest request;
    request.set_id(lease);
    HOLON_TRY(member.lease->LeaseRevoke(bounded, request));
    return {};
  });
}

Result<bool> Etcd::put(Call& call, Lease lease, const std::string& key, const std::string& value) {
  if (lease == 0) return failed_precondition(key + " would stay for ever: there is no lease to write it under");
  return ask(call, answer_within, [&](Call& bounded, Member& member) -> Result<bool> {
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
  return ask(call, answer_within, [&](Call& bounded, Member& member) -> Result<void> {
    api::TxnRequest request;
    *request.add_compare() = under_lease(key, lease);
    request.add_success()->mutable_request_delete_range()->set_key(key);
    HOLON_TRY(member.kv->Txn(bounded, request));
    return {};
  });
}

// A member that is frozen, or has lost the others, keeps its streams open and says nothing: whoever asks it something meanwhile
// leaves it, and this follows.
Result<void> Etcd::watch(Call& call, const std::string& prefix, const std::function<void(const Entries&)>& tell) {
  for (;;) {
    const std::uint64_t seen = moves_.count();
    {
      Member& member = *members_[current_];
      TaskGroup following(call);
      (void)following.spawn([&](Call& branch) {
        const Result<void> ended = follow(branch, member, prefix, tell);
        leave(member);
        return ended;
      });
      HOLON_TRY(moves_.wait(call, seen));
    }
    HOLON_TRY(sleep(call, follow_again_after));
  }
}

Result<void> Etcd::follow(Call& call, Member& member, const std::string& prefix, const std::function<void(const Entries&)>& tell) {
  api::RangeRequest all;
  all.set_key(prefix);
  all.set_range_end(after(prefix));
  internal::BranchCall bounded(call, internal::CallAccess::scope(call));
  internal::CallAccess::set_deadline(bounded, std::min(call.deadline(), fiber::Loop::current()->now() + answer_within));
  const api::RangeResponse found = HOLON_TRY(member.kv->Range(bounded, all));
  Entries entries;
  for (const api::KeyValue& entry : found.kvs()) entries[entry.key()] = entry.value();
  tell(entries);

  api::WatchRequest request;
  api::WatchCreateRequest& changes = *request.mutable_create_request();
  changes.set_key(prefix);
  changes.set_range_end(after(prefix));
  changes.set_start_revision(found.header().revision() + 1);
  auto stream = member.watch->Watch(call);
  HOLON_TRY(stream.write(request));
  for (;;) {
    const std::optional<api::WatchResponse> response = HOLON_TRY(stream.next());
    if (!response || response->canceled()) return unavailable("etcd ended the watch");
    if (response->events_size() == 0) continue;
    apply(*response, entries);
    tell(entries);
  }
}

}  // namespace holon::node
