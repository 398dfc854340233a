// NodeLink: a host's tie to its node. It is told where everyone is, and tells when it is ready; it outlasts the node.
#pragma once

#include <string>
#include <vector>

#include "app/assembly.h"
#include "client/pool.h"
#include "fiber/call.h"
#include "holon/node/v1/node.holon.h"

namespace holon::app {

class NodeLink {
 public:
  /// Lives on the first loop. What the node tells goes to `pools`.
  NodeLink(fiber::Loop& loop, const env::Address& node, std::string host, std::vector<std::string> services,
           client::Pools& pools);
  ~NodeLink();

  /// Waits for the first directory.
  Result<void> attached(Call& call);
  /// The host may be called from here on.
  Result<void> ready(Call& call);

 private:
  Result<void> follow(Call& call);
  Result<void> attach_once(Call& call);
  void learn(const node::v1::Directory& directory);

  fiber::Loop& loop_;
  node::v1::AttachRequest self_;
  client::Pools& pools_;
  client::Pools to_node_;
  Assembly refs_;
  Ref<node::v1::Hosts> hosts_;
  internal::RootCall call_{Deadline::max()};
  fiber::Waiter first_directory_;
  bool knows_directory_ = false;
  TaskGroup following_;
};

}  // namespace holon::app
