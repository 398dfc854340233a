// Pool: one loop's peers, and which of them a call goes to. Pools: one per loop, told together.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/endpoints.h"
#include "client/limits.h"
#include "client/peer.h"
#include "faults/faults.h"
#include "wire/grpc.h"

namespace holon::client {

/// Where one attempt of a call goes.
struct Route {
  std::shared_ptr<Peer> peer;
  std::shared_ptr<Connection> connection;  ///< with a stream to spare
};

class Pool {
 public:
  Pool(fiber::Loop& loop, const Limits& limits) : loop_(loop), limits_(limits) {}
  ~Pool();

  /// From here on calls go to these. Connections to endpoints that are gone are drained.
  void update(std::shared_ptr<const Endpoints> endpoints);

  /// A way to an endpoint of `service`: of two random ones that are fit, to the one that has less to do and does it faster.
  ///
  /// A call waits for a connection that is on its way. When no endpoint can be reached it waits while they have been away
  /// for less than a moment (Limits::absence_time), and else fails at once, UNAVAILABLE with the reason; if it is to wait for
  /// ready, it waits on. When no endpoint is known but may become so, it waits a while (5 s), or as long as it may take.
  /// Nothing was sent when this fails.
  Result<Route> route(std::string_view service, const Patience& patience);
  /// The same without waiting, for an attempt beside another: nothing if no other fit endpoint has a stream to spare.
  std::optional<Route> route_now(std::string_view service, const Peer& elsewhere_than);
  std::size_t peers(std::string_view service) const;

  // ---- for those who speak another protocol, on connections of their own
  /// What is known now, an endpoint of `service` in it; waits for one as `route` does.
  Result<std::shared_ptr<const Endpoints>> known(std::string_view service, const Patience& patience);
  /// Suspends until something else is known, or `until`. The error is the call's own end; `what` is for its message.
  Result<void> wait_for_endpoints(const Patience& patience, env::Time until, const std::string& what);

  /// Buffers for what is written at once, and so never in use twice.
  wire::RequestWriter& writer() { return writer_; }
  fiber::Loop& loop() { return loop_; }
  const Limits& limits() const { return limits_; }

 private:
  using Peers = std::vector<std::shared_ptr<Peer>>;
  struct Target {
    Peers peers;
  };
  Target& target(std::string_view service);
  Result<std::shared_ptr<Peer>> pick(std::string_view service, const Patience& patience, const Peer* elsewhere_than);
  Result<void> wait_until_known(std::string_view service, const Patience& patience);
  Result<void> wait_for_attempt(std::string_view service, const Patience& patience, env::Time until, const Error& last);
  std::shared_ptr<Peer> peer(const Endpoint& endpoint);
  std::shared_ptr<Peer> choose(const Peers& peers, const Peer* elsewhere_than) const;
  std::shared_ptr<Peer> choose_carefully(const Peers& peers, const Peer* elsewhere_than) const;
  static const std::shared_ptr<Peer>& lighter(const std::shared_ptr<Peer>& one, const std::shared_ptr<Peer>& two);
  std::pair<std::size_t, std::size_t> two_of(std::size_t count) const;

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
  /// One more than the highest index of a loop.
  std::size_t count() const { return pools_.size(); }
  /// Tells all loops. Any thread.
  void update(Endpoints endpoints);
  /// What calls of this process meet on their way, also those to a neighbour.
  faults::Faults& faults() { return faults_; }

 private:
  std::vector<std::unique_ptr<Pool>> pools_;  ///< by the loop's index
  faults::Faults faults_;
};

}  // namespace holon::client
