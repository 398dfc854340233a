#include "client/pool.h"

#include <algorithm>

#include "client/prequal.h"
#include "client/prober.h"
#include "client/target.h"
#include "fiber/call.h"

namespace holon::client {
namespace {

constexpr auto endpoints_wait = std::chrono::seconds(5);
constexpr int endpoints_tried_max = 3;  // at different endpoints, of a call that does not wait

}  // namespace

struct Pool::Service {
  Service(Balance how, const Limits& limits) : target(make_balancer(how), limits.near_first != 0) {}

  Target target;
  std::unique_ptr<Prober> prober;  ///< where endpoints are asked how busy they are
};

Pool::Pool(fiber::Loop& loop, const Limits& limits) : loop_(loop), limits_(limits) {}

Pool::~Pool() {
  for (fiber::Waiter* waiter : waiting_) waiter->wake();
}

void Pool::update(std::shared_ptr<const Endpoints> endpoints) {
  endpoints_ = std::move(endpoints);
  Peers before;
  before.swap(peers_);
  auto keep = [&](const Endpoint& endpoint) {
    std::string key = endpoint.to_string();
    auto known = before.find(key);
    if (known != before.end()) peers_.emplace(key, known->second);
  };
  for (const auto& [service, known] : endpoints_->services) std::for_each(known.begin(), known.end(), keep);
  std::for_each(endpoints_->everything.begin(), endpoints_->everything.end(), keep);
  for (const auto& [name, service] : services_) know(name, *service);
  for (auto& [key, peer] : before) {
    if (!peers_.contains(key)) peer->retire();
  }
  for (fiber::Waiter* waiter : waiting_) waiter->wake();
}

void Pool::heed(std::shared_ptr<const SaidOfServices> said) {
  const std::shared_ptr<const SaidOfServices> before = std::exchange(said_, std::move(said));
  for (auto& [edge, experience] : experiences_) agree(*edge.second, experience);
  std::erase_if(services_, [&](const auto& known) {  // they begin anew, by another policy
    const auto old = before->find(known.first);
    const SaidOfService* now = said_of(known.first);
    const Balance was = old == before->end() ? Balance::unsaid : old->second.balance;
    return was != (now == nullptr ? Balance::unsaid : now->balance);
  });
}

const SaidOfService* Pool::said_of(std::string_view service) const {
  const auto said = said_->find(service);
  return said == said_->end() ? nullptr : &said->second;
}

void Pool::agree(const internal::ServiceInfo& callee, Experience& experience) const {
  const SaidOfService* said = said_of(callee.name);
  experience.budget.grow_by(rates_of(limits_, said));
  for (std::size_t i = 0; i < callee.methods.size(); ++i) experience.terms[i] = terms_of(limits_, callee.methods[i], said);
}

std::shared_ptr<Peer> Pool::peer(const Endpoint& endpoint) {
  std::shared_ptr<Peer>& known = peers_[endpoint.to_string()];
  if (known == nullptr) known = std::make_shared<Peer>(loop_, endpoint, limits_);
  return known;
}

Pool::Service& Pool::service(std::string_view name, Balance balance) {
  const auto known = services_.find(name);
  if (known != services_.end()) return *known->second;
  const Balance how = balance_of(limits_, balance, said_of(name));
  Service& fresh = *services_.emplace(name, std::make_unique<Service>(how, limits_)).first->second;
  if (how == Balance::prequal) {
    auto& prequal = static_cast<Prequal&>(fresh.target.balancer());
    const auto told = [this, &prequal](const Candidate& who, const Load& load) { prequal.told(who, load, loop_.now()); };
    fresh.prober = std::make_unique<Prober>(loop_, writer_, std::string(name), told);
  }
  know(name, fresh);
  return fresh;
}

void Pool::know(std::string_view name, Service& service) {
  std::vector<Target::Placed> placed;
  for (const Endpoint& endpoint : endpoints_->of(name)) {
    placed.push_back({peer(endpoint).get(), nearness_of(endpoint.node, endpoint.zone, endpoints_->zone)});
  }
  service.target.know(placed);
  if (service.prober != nullptr) service.prober->know(service.target.all());
}

std::size_t Pool::peers(std::string_view service) const { return endpoints_->of(service).size(); }

Experience& Pool::experience(std::string_view caller, const internal::ServiceInfo& callee) {
  const auto [known, fresh] =
      experiences_.try_emplace({std::string(caller), &callee}, rates_of(limits_, said_of(callee.name)), callee.methods.size());
  if (fresh) agree(callee, known->second);
  return known->second;
}

Knowledge Pool::knowledge() {
  const env::Time now = loop_.now();
  Knowledge known;
  for (const auto& [name, service] : services_) {
    for (const Candidate* candidate : service->target.all()) {
      const Peer& peer = static_cast<const Peer&>(*candidate);
      known.endpoints.push_back({.service = name,
                                 .address = peer.endpoint().to_string(),
                                 .breaker = peer.breaker().state(now),
                                 .reachable = peer.reachable(),
                                 .out_for = peer.breaker().out_for(now),
                                 .trips = peer.breaker().trips(),
                                 .in_flight = peer.in_flight(),
                                 .latency = env::Duration(static_cast<std::int64_t>(peer.latency()))});
    }
  }
  for (auto& [edge, experience] : experiences_) {
    known.budgets.push_back({edge.first, std::string(edge.second->name), experience.budget.left(now)});
  }
  return known;
}

Result<Route> Pool::route(std::string_view service, const Patience& patience) {
  Patience here = patience;
  for (int i = 1;; ++i) {
    Route route = HOLON_TRY(pick(service, here));
    Peer& peer = *route.peer;
    const bool others = i < endpoints_tried_max && peers(service) > 1;
    here.elsewhere_than = &peer;
    here.deadline = others ? std::min(patience.deadline, loop_.now() + limits_.slow_connect_time) : patience.deadline;
    Result<std::shared_ptr<Connection>> connection = peer.usable(here);
    here.deadline = patience.deadline;
    if (connection.ok()) {
      route.connection = std::move(*connection);
      return route;
    }
    if (connection.code() == Code::unavailable && on_absence_) on_absence_();
    const bool too_slow = connection.code() == Code::deadline_exceeded && loop_.now() < patience.deadline;
    if (connection.code() != Code::unavailable && !too_slow) return connection.error();
    if (others || peer.retired()) continue;
    const env::Time until = patience.wait_for_ready ? env::Time::max() : peer.expected_until();
    if (loop_.now() >= until) return connection.error();
    HOLON_TRY(wait_for_attempt(service, patience, until, connection.error()));
  }
}

std::optional<Route> Pool::route_now(std::string_view name, const Patience& patience) {
  Service& known = service(name, patience.balance);
  if (known.target.all().size() < 2) return {};
  Route route = choose(known, patience);
  if (route.peer.get() == patience.elsewhere_than || !route.peer->fit()) return {};
  route.connection = route.peer->usable_now();
  if (route.connection != nullptr) return route;
  route.peer->approach();
  return {};
}

Result<Route> Pool::pick(std::string_view name, const Patience& patience) {
  for (;;) {
    Service& known = service(name, patience.balance);
    if (!known.target.all().empty()) return choose(known, patience);
    HOLON_TRY(wait_until_known(name, patience));
  }
}

Route Pool::choose(Service& service, const Patience& patience) {
  const std::uint64_t random = service.target.all().size() > 1 ? loop_.environment().random() : 0;
  const Target::Choice choice =
      service.target.choose({.random = random, .now = loop_.now(), .key = patience.key, .elsewhere_than = patience.elsewhere_than});
  if (service.prober != nullptr) probe(service, random);
  return {static_cast<Peer&>(choice.candidate).shared_from_this(), nullptr, choice.far};
}

/// Asks one at random. Who is not connected is by the time that it is its turn again.
void Pool::probe(Service& service, std::uint64_t random) {
  const Candidates all = service.target.all();
  if (all.size() < 2) return;
  Peer& whom = static_cast<Peer&>(*all[(random >> 16) % all.size()]);
  if (std::shared_ptr<Connection> connection = whom.usable_now()) {
    service.prober->ask(whom, std::move(connection));
  } else {
    whom.approach();
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
    if (!endpoints_->why_none.empty()) nowhere += ": " + endpoints_->why_none;
    if (!endpoints_->may_grow) return unavailable(nowhere + "; run it under `holon up`, or give its address");
    if (loop_.now() >= until) return unavailable(nowhere);
    HOLON_TRY(wait_for_endpoints(patience, until, nowhere));
  }
  return {};
}

// Until the first of the endpoints may be tried again, or others are known; not beyond `until`.
Result<void> Pool::wait_for_attempt(std::string_view service, const Patience& patience, env::Time until, const Error& last) {
  for (const Candidate* each : this->service(service, patience.balance).target.all()) {
    const Peer& peer = static_cast<const Peer&>(*each);
    if (!peer.backing_off()) return {};
    until = std::min(until, peer.next_attempt());
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

Pools::Pools(std::vector<fiber::Loop*> loops, const Limits& limits) : limits_(limits) {
  for (fiber::Loop* loop : loops) {
    if (pools_.size() <= loop->index()) pools_.resize(loop->index() + 1);
    pools_[loop->index()] = std::make_unique<Pool>(*loop, limits);
  }
}

void Pools::on_absence(std::function<void()> tell) {
  for (auto& pool : pools_) {
    if (pool != nullptr) pool->on_absence(tell);
  }
}

void Pools::also_ask(std::weak_ptr<const KnowledgeSource> source) {
  std::lock_guard lock(sources_mutex_);
  std::erase_if(sources_, [](const auto& each) { return each.expired(); });
  sources_.push_back(std::move(source));
}

Pool& Pools::here() { return *pools_[fiber::Loop::current()->index()]; }

void Pools::update(Endpoints endpoints) {
  tell([shared = std::make_shared<const Endpoints>(std::move(endpoints))](Pool& pool) { pool.update(shared); });
}

void Pools::heed(SaidOfServices said) {
  tell([shared = std::make_shared<const SaidOfServices>(std::move(said))](Pool& pool) { pool.heed(shared); });
}

void Pools::tell(const std::function<void(Pool&)>& news) {
  for (auto& pool : pools_) {
    if (pool == nullptr) continue;
    if (&pool->loop() == fiber::Loop::current()) {
      news(*pool);
    } else {
      pool->loop().post([pool = pool.get(), news] { news(*pool); });
    }
  }
}

}  // namespace holon::client
