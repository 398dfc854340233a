#include "gateway/door.h"

#include <algorithm>

#include "gateway/access/fetch_keys.h"
#include "gateway/grpc/pass_through.h"
#include "gateway/grpc_policy.h"
#include "gateway/swapped_tls.h"

namespace holon::gateway {
namespace {

/// Of which origins pages may call by gRPC-Web: those of the routes to contracts.
std::vector<std::string> web_origins(const Config& config) {
  std::vector<std::string> origins;
  for (const RouteConfig& route : config.routes) {
    if (!route.cors || !std::holds_alternative<ToContracts>(route.target)) continue;
    origins.insert(origins.end(), route.cors->origins.begin(), route.cors->origins.end());
  }
  return origins;
}

server::Limits server_limits(const Config& config) {
  const LimitsConfig& given = config.limits;
  server::Limits limits;
  limits.connections_max = given.connections_max;
  limits.connections_per_peer_max = given.connections_per_peer_max;
  limits.body_bytes_max = given.body_bytes_max;
  limits.body_time = given.body_time;
  limits.head_time = given.head_time;
  limits.idle_time = given.idle_time;
  limits.link.write_time = given.write_time;
  limits.http1.target_bytes_max = given.target_bytes_max;
  limits.http1.head_bytes_max = given.head_bytes_max;
  limits.http1.headers_max = given.headers_max;
  limits.web_origins = web_origins(config);
  return limits;
}

bool same_places(const std::vector<ListenConfig>& a, const std::vector<ListenConfig>& b) {
  return std::ranges::equal(a, b, [](const ListenConfig& one, const ListenConfig& other) {
    return one.address == other.address && one.proxy_protocol == other.proxy_protocol &&
           one.certificates.empty() == other.certificates.empty();
  });
}

}  // namespace

Result<std::unique_ptr<Door>> Door::make(Config config, const Parts& parts) {
  std::unique_ptr<Door> door(new Door(config, parts));
  const server::Limits limits = server_limits(config);
  std::shared_ptr<const Edition> edition = HOLON_TRY(door->edition_of(std::move(config)));
  door->pipeline_ = std::make_unique<Pipeline>(parts.world, parts.loops.size(), parts.contracts.json(), std::move(edition));
  door->policy_ = std::make_unique<GrpcPolicy>(*door->pipeline_, parts.world);
  door->grpc_ = std::make_unique<PassThrough>(parts.contracts, door->remote_, door->policy_.get());
  door->server_ = std::make_unique<server::Server>(door->grpc_->router(), parts.loops, limits, door->pipeline_.get());
  return door;
}

Door::Door(Config config, const Parts& parts)
    : parts_(parts),
      listen_(std::move(config.listen)),
      remote_(parts.pools, parts.contracts),
      http_(parts.loops),
      destinations_(parts.world, parts.loops, parts.pools, parts.contracts, remote_) {}

Door::~Door() = default;

Result<std::shared_ptr<const Edition>> Door::edition_of(Config config) {
  const std::shared_ptr<const Edition> before = pipeline_ != nullptr ? pipeline_->edition() : nullptr;
  return Edition::make(std::move(config),
                       {parts_.world, destinations_, edges_, fetch_by(http_), before != nullptr ? &before->access() : nullptr});
}

Result<void> Door::listen(const std::vector<env::Address>& opened) {
  if (!opened.empty() && opened.size() != listen_.size()) {
    return internal_error("there are not as many descriptors as listeners");
  }
  for (std::size_t i = 0; i < listen_.size(); ++i) {
    const ListenConfig& config = listen_[i];
    std::shared_ptr<SwappedTls> tls;
    if (!config.certificates.empty()) {
      std::shared_ptr<crypto::ServerTls> loaded = HOLON_TRY(SwappedTls::load(parts_.world, config));
      tls = std::make_shared<SwappedTls>(std::move(loaded));
    }
    const env::Address address = opened.empty() ? HOLON_TRY(env::Address::parse(config.address)) : opened[i];
    tls_.push_back(tls);
    addresses_.push_back(HOLON_TRY(server_->listen(address, {.tls = std::move(tls), .proxy_protocol = config.proxy_protocol})));
  }
  return {};
}

Result<void> Door::reload(Config next) {
  if (!same_places(next.listen, listen_)) {
    return failed_precondition("listen has changed, which takes a new start: `holon down`, then `holon up`");
  }
  std::vector<std::shared_ptr<crypto::ServerTls>> loaded;
  for (const ListenConfig& listener : next.listen) {
    std::shared_ptr<crypto::ServerTls> tls;
    if (!listener.certificates.empty()) tls = HOLON_TRY(SwappedTls::load(parts_.world, listener));
    loaded.push_back(std::move(tls));
  }
  std::vector<ListenConfig> listen = next.listen;
  std::shared_ptr<const Edition> edition = HOLON_TRY(edition_of(std::move(next)));
  // From here on nothing fails.
  for (std::size_t i = 0; i < listen.size(); ++i) {
    if (tls_[i] == nullptr) continue;
    const bool same = listen[i].certificates == listen_[i].certificates && listen[i].client_ca == listen_[i].client_ca;
    same ? (void)tls_[i]->reload().ok() : tls_[i]->use(std::move(loaded[i]));
  }
  listen_ = std::move(listen);
  pipeline_->use(std::move(edition));
  return {};
}

void Door::drain(env::Time deadline) {
  grpc_->shut_down();
  server_->drain(deadline);
}

}  // namespace holon::gateway
