// EtcdMember: one member of an etcd cluster, and a way to it.
// EtcdLogin: who asks it, where etcd wants to know: a token goes with each request, asked for by user and password. Who was refused
// asks again after a pause that doubles, however many wait for a token: etcd pays for each password that it checks.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/assembly.h"
#include "client/dns.h"
#include "client/pool.h"
#include "etcd/rpc.holon.h"
#include "fiber/loop.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "node/cluster/etcd_config.h"

namespace holon::node {

class EtcdMember {
 public:
  /// @param tls  for a member that speaks it
  EtcdMember(fiber::Loop& loop, const EtcdAddress& address, const std::shared_ptr<crypto::ClientTls>& tls);

 private:
  client::Pools pools_;
  std::unique_ptr<client::DnsSource> dns_;  ///< where it has a name: it may come to answer elsewhere
  app::Assembly refs_;

 public:
  Ref<etcdserverpb::KV> kv;
  Ref<etcdserverpb::Watch> watch;
  Ref<etcdserverpb::Lease> lease;
  Ref<etcdserverpb::Auth> auth;
};

class EtcdLogin {
 public:
  /// @param user  empty: etcd asks for none
  EtcdLogin(std::string user, std::string password) : user_(std::move(user)), password_(std::move(password)) {}

  /// Asks the member for a token if there is none; while a refusal is fresh the error is that one.
  Result<void> enter(Call& call, EtcdMember& member);
  /// Says with a call who makes it.
  void sign(OutgoingCall& call) const;
  /// Whether the error is the token's: then the next call has another.
  bool token_failed(const Error& error);

 private:
  Error refused(const Error& error);

  const std::string user_;
  const std::string password_;
  Mutex entering_;     ///< a password is costly to check, and that by design: once for all who wait
  std::string token_;  ///< good for all members; empty: to be asked for
  std::optional<Error> refusal_;    ///< the last one, until a token is there
  env::Duration pause_{};           ///< after it
  env::Time again_at_{};
};

/// Whether another member may know better; of the error of a call that whoever made it has not ended.
bool is_members_fault(const Error& error);

/// The same error, with what can be done about it in holon.yaml, where that is known.
Error with_remedy(const Error& error);

}  // namespace holon::node
