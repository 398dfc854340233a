// Pool: one loop's peers, and which of them a call goes to. Pools: one per loop, told together.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/endpoints.h"
#include "client/limits.h"
#include "client/peer.h"
#include "wire/grpc.h"

namespace holon::client {

class Pool {
 public:
  Pool(fiber::Loop& loop, const Limits& limits) : loop_(loop), limits_(limits) {}
  ~Pool();

  /// From here on calls go to these. Connections to endpoints that are gone are drained.
  void update(std::shared_ptr<const Endpoints> endpoints);

  /// A connection with a stream to spare, to an endpoint of `service`: the better of two random ones that can be reached.
  ///
  /// A call waits for a connection that is on its way. When none can be reached it fails at once, UNAVAILABLE with the
  /// reason; if it is to wait for ready, it waits for the next attempt instead. When no endpoint is known but may become so,
  /// it waits a while (5 s), or as long as it may take. Nothing was sent when this fails.
  Result<std::shared_ptr<Connection>> connection(std::string_view service, const Patience& patience);
  std::size_t peers(std::string_view service) const;

  // ---- for those who speak another protocol, on connections of their own
  /// What is known now, an endpoint of `service` in it; waits for one as `connection` does.
  Result<std::shared_ptr<const Endpoints>> known(std::string_view service, const Patience& patience);
  /// Suspends until something else is known, or `until`. The error is the call's own end; `what` is for its message.
  Result<void> wait_for_endpoints(const Patience& patience, env::Time until, const std::string& what);

  /// Buffers for what is written at once, and so never in use twice.
  wire::RequestWriter& writer() { return writer_; }
  fiber::Loop& loop() { return loop_; }
  const Limits& limits() const { return limits_; }

 private:
  struct Target {
    std::vector<std::shared_ptr<Peer>> peers;
  };
  Target& target(std::string_view service);
  Result<std::shared_ptr<Peer>> pick(std::string_view service, const Patience& patience);
  Result<void> wait_until_known(std::string_view service, const Patience& patience);
  Result<void> wait_for_attempt(std::string_view service, const Patience& patience, const Error& last);
  std::shared_ptr<Peer> peer(const Endpoint& endpoint);
  std::shared_ptr<Peer> better_of_two(const std::vector<std::shared_ptr<Peer>>& peers) const;

  fiber::Loop& loop_;
  const Limits limits_;
  std::shared_ptr<const Endpoints> endpoints_ = std::make_shared<Endpoints>();
  std::map<std::string, Target, std::less<>> targets_;
  std::map<std::string, std::shared_ptr<Peer>, std::less<>> peers_;  ///< by address
  std::vector<fiber::Waiter*> waiting_;                              ///< for endpoints, or for the next attempt
  wire::RequestWriter writer_;
};

class Pools {
 public:
  /// @param loops  all that may call; each gets its pool, used on its thread alone
  explicit Pools(std::vector<fiber::Loop*> loops, const Limits& limits = {});

  /// The calling loop's.
  Pool& here();
  /// Tells all loops. Any thread.
  void update(Endpoints endpoints);

 private:
  std::vector<std::unique_ptr<Pool>> pools_;  ///< by the loop's index
};

}  // namespace holon::client
