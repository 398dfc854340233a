// Server: what stands between a socket and a handler. Accepts, decodes, admits, and runs each call on a fiber.
//
//   server::Server server(router, {&loop});
//   TRY(server.listen(env::Address::parse("unix:/run/cart.sock")));
//   …
//   server.drain(deadline);        // GOAWAY, finish what has begun, close
//
// Each loop accepts for itself; a connection stays on its loop. A request that has not started may move to an idle loop when
// this one's queue delay passes 1 ms, so that one busy connection uses all cores.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "server/router.h"

namespace holon::server {

struct Limits {
  std::size_t calls_max = 10'000;        ///< in flight or queued, per loop; more are RESOURCE_EXHAUSTED
  std::size_t connections_max = 10'000;  ///< per loop; more wait in the kernel's backlog
};

class Shard;

class Server {
 public:
  /// The router and the loops outlive the server. The loops need not run yet.
  Server(const Router& router, std::vector<fiber::Loop*> loops, Limits limits = {});
  /// After `drain`, or when no loop turns any more.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens; all loops accept. May be called for several addresses. On the first loop's thread.
  Result<env::Address> listen(const env::Address& address);
  /// Takes no new connections and no new calls, waits until those that have begun are done, at most until `deadline`; then
  /// cancels them. Suspends the calling fiber of the first loop.
  void drain(env::Time deadline);
  /// Calls in flight, on all loops.
  std::size_t calls() const;

 private:
  std::vector<std::shared_ptr<Shard>> shards_;
};

}  // namespace holon::server
