#include "client/pool.h"

#include <algorithm>

#include "fiber/call.h"

namespace holon::client {
namespace {

constexpr auto endpoints_wait = std::chrono::seconds(5);
constexpr int endpoints_tried_max = 3;  // at different endpoints, of a call that does not wait

}  // namespace

Pool::~Pool() {
  for (fiber::Waiter* waiter : waiting_) waiter->wake();
}

void Pool::update(std::shared_ptr<const Endpoints> endpoints) {
  endpoints_ = std::move(endpoints);
  targets_.clear();
  std::map<std::string, std::shared_ptr<Peer>, std::less<>> before;
  before.swap(peers_);
  auto keep = [&](const Endpoint& endpoint) {
    std::string key = endpoint.to_string();
    auto known = before.find(key);
    if (known != before.end()) peers_.emplace(key, known->second);
  };
  for (const auto& [service, known] : endpoints_->services) std::for_each(known.begin(), known.end(), keep);
  std::for_each(endpoints_->everything.begin(), endpoints_->everything.end(), keep);
  for (auto& [key, peer] : before) {
    if (!peers_.contains(key)) peer->retire();
  }
  for (fiber::Waiter* waiter : waiting_) waiter->wake();
}

std::shared_ptr<Peer> Pool::peer(const Endpoint& endpoint) {
  std::shared_ptr<Peer>& known = peers_[endpoint.to_string()];
  if (known == nullptr) known = std::make_shared<Peer>(loop_, endpoint, limits_);
  return known;
}

Pool::Target& Pool::target(std::string_view service) {
  auto known = targets_.find(service);
  if (known != targets_.end()) return known->second;
  Target fresh;
  for (const Endpoint& endpoint : endpoints_->of(service)) fresh.peers.push_back(peer(endpoint));
  return targets_.emplace(std::string(service), std::move(fresh)).first->second;
}

std::size_t Pool::peers(std::string_view service) const { return endpoints_->of(service).size(); }

Result<Route> Pool::route(std::string_view service, const Patience& patience) {
  Patience here = patience;
  for (int i = 1;; ++i) {
    std::shared_ptr<Peer> peer = HOLON_TRY(pick(service, patience, here.elsewhere_than));
    const bool others = i < endpoints_tried_max && peers(service) > 1;
    here.elsewhere_than = peer.get();
    here.deadline = others ? std::min(patience.deadline, loop_.now() + limits_.slow_connect_time) : patience.deadline;
    Result<std::shared_ptr<Connection>> connection = peer->usable(here);
    if (connection.ok()) return Route{std::move(peer), std::move(*connection)};
    const bool too_slow = connection.code() == Code::deadline_exceeded && loop_.now() < patience.deadline;
    if (connection.code() != Code::unavailable && !too_slow) return connection.error();
    if (others || peer->retired()) continue;
    const env::Time until = patience.wait_for_ready ? env::Time::max() : peer->expected_until();
    if (loop_.now() >= until) return connection.error();
    HOLON_TRY(wait_for_attempt(service, patience, until, connection.error()));
  }
}

std::optional<Route> Pool::route_now(std::string_view service, const Peer& elsewhere_than) {
  auto& peers = target(service).peers;
  if (peers.size() < 2) return {};
  std::shared_ptr<Peer> peer = choose(peers, &elsewhere_than);
  if (peer.get() == &elsewhere_than || !peer->fit()) return {};
  std::shared_ptr<Connection> connection = peer->usable_now();
  if (connection == nullptr) return {};
  return Route{std::move(peer), std::move(connection)};
}

Result<std::shared_ptr<Peer>> Pool::pick(std::string_view service, const Patience& patience, const Peer* elsewhere_than) {
  for (;;) {
    auto& peers = target(service).peers;
    if (peers.size() == 1) return peers.front();
    if (!peers.empty()) return choose(peers, elsewhere_than);
    HOLON_TRY(wait_until_known(service, patience));
  }
}

Result<std::shared_ptr<const Endpoints>> Pool::known(std::string_view service, const Patience& patience) {
  HOLON_TRY(wait_until_known(service, patience));
  return endpoints_;
}

Result<void> Pool::wait_until_known(std::string_view service, const Patience& patience) {
  env::Time until = patience.wait_for_ready ? env::Time::max() : loop_.now() + endpoints_wait;
  while (endpoints_->of(service).empty()) {
    std::string nowhere = "no endpoint of " + std::string(service) + " is known";
    if (!endpoints_->may_grow) return unavailable(nowhere + "; run it under `holon up`, or give its address");
    if (loop_.now() >= until) return unavailable(nowhere);
    HOLON_TRY(wait_for_endpoints(patience, until, nowhere));
  }
  return {};
}

// Until the first of the endpoints may be tried again, or others are known; not beyond `until`.
Result<void> Pool::wait_for_attempt(std::string_view service, const Patience& patience, env::Time until, const Error& last) {
  for (const auto& peer : target(service).peers) {
    if (!peer->backing_off()) return {};
    until = std::min(until, peer->next_attempt());
  }
  return wait_for_endpoints(patience, until, last.message());
}

Result<void> Pool::wait_for_endpoints(const Patience& patience, env::Time until, const std::string& what) {
  fiber::Waiter waiter;
  waiting_.push_back(&waiter);
  fiber::Wake how = waiter.wait(std::min(until, patience.deadline), &patience.scope);
  std::erase(waiting_, &waiter);
  if (how == fiber::Wake::cancelled) return cancelled("the caller has gone");
  if (how != fiber::Wake::late || until < patience.deadline) return {};
  return deadline_exceeded("nobody could be reached before the deadline: " + what);
}

// The power of two choices (Mitzenmacher, 2001). Both are fit as a rule: then the number of endpoints costs nothing.
std::shared_ptr<Peer> Pool::choose(const Peers& peers, const Peer* elsewhere_than) const {
  const auto [first, second] = two_of(peers.size());
  const auto& one = peers[first];
  const auto& two = peers[second];
  const bool free = one.get() != elsewhere_than && two.get() != elsewhere_than;
  return free && one->fit() && two->fit() ? lighter(one, two) : choose_carefully(peers, elsewhere_than);
}

// Open breakers are obeyed while at least half of the endpoints are left: fewer would break under the load of all.
std::shared_ptr<Peer> Pool::choose_carefully(const Peers& peers, const Peer* elsewhere_than) const {
  Peers reachable, fit;
  for (const auto& peer : peers) {
    if (!peer->reachable()) continue;
    reachable.push_back(peer);
    if (peer->fit()) fit.push_back(peer);
  }
  Peers& from = 2 * fit.size() >= peers.size() ? fit : reachable;
  if (from.size() > 1) std::erase_if(from, [&](const auto& peer) { return peer.get() == elsewhere_than; });
  if (from.empty()) return peers[two_of(peers.size()).first];
  if (from.size() == 1) return from.front();
  const auto [first, second] = two_of(from.size());
  return lighter(from[first], from[second]);
}

// Who has less to do, each of it as long as its calls take. Latencies that are about the same are: one call that was a little late
// must not starve an endpoint for seconds.
const std::shared_ptr<Peer>& Pool::lighter(const std::shared_ptr<Peer>& one, const std::shared_ptr<Peer>& two) {
  constexpr double alike = 2;
  const double first = one->latency(), second = two->latency();
  const bool same = first < alike * second && second < alike * first;
  const auto load = [&](const Peer& peer, double latency) { return static_cast<double>(peer.in_flight() + 1) * (same ? 1 : latency); };
  return load(*one, first) <= load(*two, second) ? one : two;
}

/// Two different numbers below `count`, which is at least 2.
std::pair<std::size_t, std::size_t> Pool::two_of(std::size_t count) const {
  const std::uint64_t random = loop_.environment().random();
  const std::size_t first = random % count;
  return {first, (first + 1 + (random >> 32) % (count - 1)) % count};
}

Pools::Pools(std::vector<fiber::Loop*> loops, const Limits& limits) {
  for (fiber::Loop* loop : loops) {
    if (pools_.size() <= loop->index()) pools_.resize(loop->index() + 1);
    pools_[loop->index()] = std::make_unique<Pool>(*loop, limits);
  }
}

Pool& Pools::here() { return *pools_[fiber::Loop::current()->index()]; }

void Pools::update(Endpoints endpoints) {
  auto shared = std::make_shared<const Endpoints>(std::move(endpoints));
  for (auto& pool : pools_) {
    if (pool == nullptr) continue;
    if (&pool->loop() == fiber::Loop::current()) {
      pool->update(shared);
    } else {
      pool->loop().post([pool = pool.get(), shared] { pool->update(shared); });
    }
  }
}

}  // namespace holon::client
