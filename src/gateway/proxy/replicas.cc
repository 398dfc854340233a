#include "gateway/proxy/replicas.h"

#include <algorithm>

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

}  // namespace

Replicas::Replicas(std::string_view service, client::Pools& pools, const std::vector<fiber::Loop*>& loops)
    : name_(client::http_endpoints_name(service)), pools_(pools) {
  for (const fiber::Loop* loop : loops) shares_.resize(std::max<std::size_t>(shares_.size(), loop->index() + 1));
}

Result<Upstreams::Servers> Replicas::in_turn(Call& call) {
  std::shared_ptr<const client::Endpoints> known = HOLON_TRY(pools_.here().known(name_, patience_of(call)));
  fiber::Loop& loop = *fiber::Loop::current();
  Share& share = shares_[loop.index()];
  if (share.known != known) {
    share.servers = servers_of(*known, share.servers);
    share.known = std::move(known);
  }
  return ordered(share.servers, share.next++, loop.now());
}

/// Who was there before goes on, with what is known of it.
Upstreams::Servers Replicas::servers_of(const client::Endpoints& known, const Servers& before) const {
  Servers servers;
  for (const client::Endpoint& endpoint : known.of(name_)) {
    const client::HttpOrigin origin = origin_of(endpoint.address);
    const auto same = std::ranges::find_if(before, [&](const auto& server) { return server->origin == origin; });
    servers.push_back(same != before.end() ? *same : std::make_shared<Server>(client::HttpUrl{.origin = origin}));
  }
  return servers;
}

bool Replicas::another_turn(Call& call, env::Time began) {
  const env::Time now = fiber::Loop::current()->now();
  const env::Time until = began + unreachable_time_max;
  if (now >= until) return false;
  const env::Time next = std::min<env::Time>(until, now + between_turns);
  return pools_.here().wait_for_endpoints(patience_of(call), next, "no replica can be reached").ok();
}

}  // namespace holon::gateway
