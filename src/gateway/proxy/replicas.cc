#include "gateway/proxy/replicas.h"

#include <algorithm>
#include <utility>

#include "fiber/call.h"

namespace holon::gateway {
namespace {

constexpr std::chrono::seconds unreachable_time_max{5};   // as long as a call waits for an endpoint
constexpr std::chrono::milliseconds between_turns{100};   // a replica may be there before the directory says so

client::Patience patience_of(Call& call) { return {.deadline = call.deadline(), .scope = internal::CallAccess::scope(call)}; }

client::HttpOrigin origin_of(const env::Address& address) {
  using Scheme = client::HttpOrigin::Scheme;
  const bool by_ip = address.kind == env::Address::Kind::ip;
  return {by_ip ? Scheme::http : Scheme::unix_socket, address.host, by_ip ? address.port : 0};
}

/// As the directory has it.
std::string address_of(const client::HttpOrigin& origin) {
  using Kind = env::Address::Kind;
  const bool by_ip = origin.scheme != client::HttpOrigin::Scheme::unix_socket;
  return env::Address{by_ip ? Kind::ip : Kind::unix_path, origin.host, origin.port}.to_string();
}

}  // namespace

Replicas::Replicas(const ToHttp& to, client::HttpClient& http, client::Pools& pools, const std::vector<fiber::Loop*>& loops)
    : Upstreams(http, pools, loops), caller_(to.caller), service_(to.service), name_(client::http_endpoints_name(to.service)) {}

Result<void> Replicas::learn(Call& call, Share& share) {
  client::Pool& pool = pools().here();
  std::shared_ptr<const client::Endpoints> known = HOLON_TRY(pool.known(name_, patience_of(call)));
  if (share.said != pool.said()) heed(share, pool.said());
  if (share.known == known) return {};
  std::vector<Placed> placed;
  for (const client::Endpoint& endpoint : known->of(name_)) {
    placed.push_back({{.origin = origin_of(endpoint.address)}, client::nearness_of(endpoint.node, endpoint.zone, known->zone)});
  }
  share.known = std::move(known);
  return know(share, placed);
}

void Replicas::heed(Share& share, const std::shared_ptr<const client::SaidOfServices>& all) {
  const auto found = all->find(name_);
  const client::SaidOfService* said = found != all->end() ? &found->second : nullptr;
  const client::Limits& limits = pools().limits();
  share.said = all;
  share.terms = client::http_terms_of(limits, said);
  share.budget.grow_by(client::rates_of(limits, said));
  const client::Balance balance = client::balance_of(limits, client::Balance::unsaid, said);
  if (std::exchange(share.balance, balance) == balance) return;
  share.target = client::Target(client::make_balancer(balance), limits.near_first != 0);
  share.known.reset();  // it has none yet
}

bool Replicas::another_turn(Call& call, env::Time began) {
  const env::Time now = fiber::Loop::current()->now();
  const env::Time until = began + unreachable_time_max;
  if (now >= until) return false;
  const env::Time next = std::min<env::Time>(until, now + between_turns);
  return pools().here().wait_for_endpoints(patience_of(call), next, "no replica can be reached").ok();
}

void Replicas::tell(client::Knowledge& knowledge) const {
  const env::Time now = fiber::Loop::current()->now();
  client::Knowledge known;
  for (const auto& server : here().servers) {
    const client::Breaker& breaker = server->peer()->breaker();
    known.endpoints.push_back({.service = service_,
                               .address = address_of(server->origin),
                               .breaker = breaker.state(now),
                               .reachable = server->reachable(),
                               .out_for = breaker.out_for(now),
                               .trips = breaker.trips(),
                               .in_flight = server->in_flight(),
                               .latency = env::Duration(static_cast<std::int64_t>(server->latency()))});
  }
  known.budgets.push_back({caller_, service_, budget().left(now)});
  knowledge.add(known);
}

}  // namespace holon::gateway
