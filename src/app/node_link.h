// NodeLink: a host's tie to its node. It is told where everyone is, and tells when it is ready; it outlasts the node.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/assembly.h"
#include "client/pool.h"
#include "crypto/tls.h"
#include "fiber/call.h"
#include "holon/node/v1/node.holon.h"

namespace holon::app {

/// By what a host and those on other nodes know each other: PEM files that the node renews. Empty where there are no others.
struct HostIdentity {
  std::filesystem::path own;        ///< its certificate and the key of that
  std::filesystem::path authority;  ///< whom it trusts

  /// For calls to other nodes; null if it is empty.
  Result<std::shared_ptr<crypto::ClientTls>> load(env::Environment& world) const;
};

class NodeLink {
 public:
  /// Lives on the first loop. What the node tells goes to `pools`.
  /// @param tls  for endpoints on other nodes
  NodeLink(fiber::Loop& loop, const env::Address& node, std::string host, std::vector<std::string> services,
           client::Pools& pools, std::shared_ptr<crypto::ClientTls> tls = {});
  ~NodeLink();

  /// From here on it asks the node again and again for how long this host may run, and calls `abandoned` when that time is over: the
  /// node is gone, frozen, or cut off from the others, and they may run the host then.
  /// @param at_first  for so long the host may run before the first answer
  void bound_absence(env::Duration at_first, std::function<void()> abandoned);
  /// Waits for the first directory.
  Result<void> attached(Call& call);
  /// The host may be called from here on.
  Result<void> ready(Call& call);

 private:
  Result<void> follow(Call& call);
  Result<void> attach_once(Call& call);
  Result<void> keep_asking(Call& call, env::Duration pause);
  Result<void> ask_leave(Call& call, env::Duration within);
  void overdue();
  void learn_permissions(const node::v1::Directory& directory);
  void learn_called(const node::v1::Directory& directory);
  void learn(const node::v1::Directory& directory);

  fiber::Loop& loop_;
  node::v1::AttachRequest self_;
  client::Pools& pools_;
  std::string permissions_;  ///< as they were last told
  client::SaidOfServices called_;  ///< … too
  std::shared_ptr<crypto::ClientTls> tls_;
  client::Pools to_node_;
  Assembly refs_;
  Ref<node::v1::Hosts> hosts_;
  internal::RootCall call_{Deadline::max()};
  fiber::Waiter first_directory_;
  bool knows_directory_ = false;
  std::function<void()> abandoned_;
  env::Time may_run_until_{};
  fiber::Timer overdue_timer_;
  TaskGroup following_;
};

}  // namespace holon::app
