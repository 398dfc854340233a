// Pool: one loop's peers, and which of them a call goes to. Pools: one per loop, told together.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/endpoints.h"
#include "client/experience.h"
#include "client/knowledge.h"
#include "client/limits.h"
#include "client/peer.h"
#include "client/terms.h"
#include "faults/faults.h"
#include "holon/generated.h"
#include "identity/guard.h"
#include "wire/grpc.h"

namespace holon::client {

/// Where one attempt of a call goes.
struct Route {
  std::shared_ptr<Peer> peer;
  std::shared_ptr<Connection> connection;  ///< with a stream to spare
  bool far = false;  ///< nearer endpoints were not well enough to take it
};

class Pool {
 public:
  Pool(fiber::Loop& loop, const Limits& limits);
  ~Pool();

  /// From here on calls go to these. Connections to endpoints that are gone are drained.
  void update(std::shared_ptr<const Endpoints> endpoints);
  /// From here on calls heed what is said of those that they go to.
  void heed(std::shared_ptr<const SaidOfServices> said);

  /// A way to the endpoint of `service` that is best for the call (target.h).
  ///
  /// A call waits for a connection that is on its way. When no endpoint can be reached it waits while they have been away
  /// for less than a moment (Limits::absence_time), and else fails at once, UNAVAILABLE with the reason; if it is to wait for
  /// ready, it waits on. When no endpoint is known but may become so, it waits a while (5 s), or as long as it may take.
  /// Nothing was sent when this fails.
  Result<Route> route(std::string_view service, const Patience& patience);
  /// The same without waiting, for an attempt beside another: nothing if no other fit endpoint has a stream to spare. One that is not
  /// connected is on the way to that from then on.
  std::optional<Route> route_now(std::string_view service, const Patience& patience);
  std::size_t peers(std::string_view service) const;
  /// What calls in the name of `caller` have learnt. Kept as long as the pool.
  Experience& experience(std::string_view caller, const internal::ServiceInfo& callee);
  /// This loop's.
  Knowledge knowledge();
  /// Calls `tell` whenever an endpoint could not be reached: whoever told of it may know better by now.
  void on_absence(std::function<void()> tell) { on_absence_ = std::move(tell); }

  // ---- for those who speak another protocol, on connections of their own
  /// What is known now, an endpoint of `service` in it; waits for one as `route` does.
  Result<std::shared_ptr<const Endpoints>> known(std::string_view service, const Patience& patience);
  /// Suspends until something else is known, or `until`. The error is the call's own end; `what` is for its message.
  Result<void> wait_for_endpoints(const Patience& patience, env::Time until, const std::string& what);
  /// What is said of calls: other ones once that changes.
  const std::shared_ptr<const SaidOfServices>& said() const { return said_; }

  /// Buffers for what is written at once, and so never in use twice.
  wire::RequestWriter& writer() { return writer_; }
  fiber::Loop& loop() { return loop_; }
  const Limits& limits() const { return limits_; }

 private:
  using Peers = std::map<std::string, std::shared_ptr<Peer>, std::less<>>;  ///< by address
  struct Service;

  /// What is known of a service; from the first call on, kept while endpoints come and go.
  Service& service(std::string_view name, Balance balance);
  void know(std::string_view name, Service& service);
  /// Null if nothing is said.
  const SaidOfService* said_of(std::string_view service) const;
  void agree(const internal::ServiceInfo& callee, Experience& experience) const;
  /// Who takes the call; the route has no connection yet.
  Result<Route> pick(std::string_view service, const Patience& patience);
  Route choose(Service& service, const Patience& patience);
  void probe(Service& service, std::uint64_t random);
  Result<void> wait_until_known(std::string_view service, const Patience& patience);
  Result<void> wait_for_attempt(std::string_view service, const Patience& patience, env::Time until, const Error& last);
  std::shared_ptr<Peer> peer(const Endpoint& endpoint);

  fiber::Loop& loop_;
  const Limits limits_;
  std::shared_ptr<const Endpoints> endpoints_ = std::make_shared<Endpoints>();
  std::shared_ptr<const SaidOfServices> said_ = std::make_shared<SaidOfServices>();
  Peers peers_;
  std::map<std::string, std::unique_ptr<Service>, std::less<>> services_;
  std::map<std::pair<std::string, const internal::ServiceInfo*>, Experience> experiences_;
  std::vector<fiber::Waiter*> waiting_;                              ///< for endpoints, or for the next attempt
  wire::RequestWriter writer_;
  std::function<void()> on_absence_;
};

class Pools {
 public:
  /// @param loops  all that may call; each gets its pool, used on its thread alone
  explicit Pools(std::vector<fiber::Loop*> loops, const Limits& limits = {});

  /// The calling loop's.
  Pool& here();
  const Limits& limits() const { return limits_; }
  /// One more than the highest index of a loop.
  std::size_t count() const { return pools_.size(); }
  /// Pool::on_absence of all loops; `tell` is called by any of their threads. Before the first call.
  void on_absence(std::function<void()> tell);
  /// Tells all loops. Any thread.
  void update(Endpoints endpoints);
  void heed(SaidOfServices said);
  /// What all loops know; one that is too busy to say so is left out. Suspends for a moment.
  Knowledge knowledge(Call& call);
  /// From here on `knowledge` has what this one knows, too. Any thread.
  void also_ask(std::weak_ptr<const KnowledgeSource> source);
  /// What calls of this process meet on their way, also those to a neighbour.
  faults::Faults& faults() { return faults_; }
  /// Who may call what, here and on the way out.
  identity::Guard& guard() { return guard_; }

 private:
  void tell(const std::function<void(Pool&)>& news);

  const Limits limits_;
  std::vector<std::unique_ptr<Pool>> pools_;  ///< by the loop's index
  std::mutex sources_mutex_;
  std::vector<std::weak_ptr<const KnowledgeSource>> sources_;
  faults::Faults faults_;
  identity::Guard guard_;
};

}  // namespace holon::client
