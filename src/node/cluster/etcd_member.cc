#include "node/cluster/etcd_member.h"

#include <algorithm>
#include <string_view>

namespace holon::node {
namespace {

// etcd spends a tenth of a second of a processor on a password (bcrypt), and there may be few; but whoever waits for it is a node
// whose lease goes on to end.
constexpr std::chrono::seconds enter_within{1};
constexpr std::chrono::milliseconds enter_again_first{50};
constexpr std::chrono::seconds enter_again_most{1};

struct Remedy {
  std::string_view found;  ///< in the message
  std::string_view remedy;
};

// etcd's own words are those of its server/etcdserver/api/v3rpc/rpctypes.
constexpr Remedy remedies[] = {
    {"the peer speaks TLS", "write https:// before the member's address in `cluster: {etcd: …}`"},
    {"the peer closed the connection", "if it speaks TLS there, write https:// before the member's address in `cluster: {etcd: …}`"},
    {"does not speak TLS", "write http:// before the member's address in `cluster: {etcd: …}`, if it is to be so"},
    {"from an authority that is unknown here", "name the file with etcd's authority in holon.yaml: `cluster: {etcd: {ca: FILE}}`"},
    {"signed by itself, and unknown here", "name the file with that certificate in holon.yaml: `cluster: {etcd: {ca: FILE}}`"},
    {"a client certificate", "name one in holon.yaml: `cluster: {etcd: {certificate: FILE, key: FILE}}`"},
    {"our certificate", "`cluster: {etcd: {certificate: FILE, key: FILE}}` in holon.yaml names one that etcd's --trusted-ca-file has "
                        "certified for clients"},
    {"user name is empty", "etcd asks who this is: write `user` and `password` into `cluster: {etcd: …}`"},
    {"authentication failed", "compare `user` and `password` in `cluster: {etcd: …}` with what `etcdctl user list` knows"},
    {"authentication is not enabled", "take `user` and `password` out of `cluster: {etcd: …}`, or `etcdctl auth enable`"},
    {"permission denied", "let the user read and write what begins with /holon/: `etcdctl role grant-permission ROLE --prefix=true "
                          "readwrite /holon/`"},
};

}  // namespace

EtcdMember::EtcdMember(fiber::Loop& loop, const EtcdAddress& address, const std::shared_ptr<crypto::ClientTls>& tls)
    : pools_({&loop}),
      refs_({}, &pools_),
      kv(refs_.ref<etcdserverpb::KV>()),
      watch(refs_.ref<etcdserverpb::Watch>()),
      lease(refs_.ref<etcdserverpb::Lease>()),
      auth(refs_.ref<etcdserverpb::Auth>()) {
  const std::shared_ptr<crypto::ClientTls> own = address.tls ? tls : nullptr;
  if (address.name) {
    dns_ = std::make_unique<client::DnsSource>(loop, *address.name, own, "", pools_);
    return;
  }
  client::Endpoints endpoints;
  endpoints.everything = {client::Endpoint::parse((address.tls ? "tls:" : "") + address.where, own).value()};
  pools_.update(std::move(endpoints));
}

Result<void> EtcdLogin::enter(Call& call, EtcdMember& member) {
  if (user_.empty() || !token_.empty()) return {};
  OutgoingCall bounded(call);
  bounded.timeout(enter_within);
  const Mutex::Guard alone = HOLON_TRY(entering_.lock(bounded));
  if (!token_.empty()) return {};
  if (refusal_ && fiber::Loop::current()->now() < again_at_) return *refusal_;
  etcdserverpb::AuthenticateRequest request;
  request.set_name(user_);
  request.set_password(password_);
  const Result<etcdserverpb::AuthenticateResponse> entered = member.auth->Authenticate(bounded, request);
  if (!entered.ok()) return refused(entered.error());
  token_ = entered->token();
  refusal_.reset();
  pause_ = {};
  return {};
}

/// The same error. What is a member's fault says nothing of the password.
Error EtcdLogin::refused(const Error& error) {
  if (is_members_fault(error)) return error;
  refusal_ = error;
  pause_ = std::clamp<env::Duration>(2 * pause_, enter_again_first, enter_again_most);
  again_at_ = fiber::Loop::current()->now() + pause_;
  return error;
}

void EtcdLogin::sign(OutgoingCall& call) const {
  if (!token_.empty()) call.metadata().set("token", token_);
}

// etcd forgets a token that was not used for five minutes, and all of them when a user or a role changes.
bool EtcdLogin::token_failed(const Error& error) {
  const bool failed = error.code() == Code::unauthenticated || error.message().find("auth store is old") != std::string::npos;
  if (!failed || token_.empty()) return false;
  token_.clear();
  return true;
}

// A call that a member ends without a status is INTERNAL, one that it resets may be CANCELLED. What etcd itself refuses, as all
// members would, is none of these.
bool is_members_fault(const Error& error) {
  switch (error.code()) {
    case Code::cancelled:
    case Code::unavailable:
    case Code::deadline_exceeded:
    case Code::unknown:
    case Code::internal: return true;
    default: return false;
  }
}

Error with_remedy(const Error& error) {
  for (const Remedy& known : remedies) {
    if (error.message().find(known.found) == std::string::npos) continue;
    return {error.code(), error.message() + "; " + std::string(known.remedy)};
  }
  return error;
}

}  // namespace holon::node
