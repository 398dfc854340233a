// Ports: free TCP ports of loopback, for processes that open theirs themselves.
#pragma once

#include <set>

#include "env/reactor.h"

namespace holon::node {

class Ports {
 public:
  /// One that nobody listens on and that was not given before, between 20000 and 32767: Linux takes none of these for outgoing
  /// connections, so that a host finds its own free when it starts again. RESOURCE_EXHAUSTED if there seems to be none.
  Result<env::Address> next(env::Environment& world, env::Reactor& reactor);
  /// Not to be given: somebody has it.
  void take(int port) { given_.insert(port); }

 private:
  std::set<int> given_;
};

}  // namespace holon::node
