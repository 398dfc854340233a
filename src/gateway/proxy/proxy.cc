#include "gateway/proxy/proxy.h"

#include "gateway/proxy/proxy_request.h"
#include "gateway/proxy/replicas.h"
#include "telemetry/metrics.h"

namespace holon::gateway {
namespace {

client::HttpLimits limits_of(const ToHttp& to, const client::Limits& client) {
  client::HttpLimits limits;
  limits.connections_max = to.connections_max;
  limits.connect_time = to.connect_time;
  limits.slow_connect_time = client.slow_connect_time;
  limits.back_off_first = client.back_off_first;
  limits.back_off_most = client.back_off_most;
  limits.breaker = client.breaker;
  limits.silence_time = client.link.silence_time;
  return limits;
}

std::optional<std::uint32_t> edge_of(const ToHttp& to) {
  if (to.service.empty()) return {};
  return telemetry::metrics().add_edge({telemetry::Way::remote, to.caller, to.service + "/*"});
}

}  // namespace

Result<std::unique_ptr<Proxy>> Proxy::make(const ToHttp& to, std::vector<fiber::Loop*> loops, client::Pools& pools,
                                           nanoseconds stream_time) {
  std::unique_ptr<Proxy> made(new Proxy(to, loops, pools, stream_time));
  made->upstreams_ = HOLON_TRY(made->upstreams(loops, pools));
  return made;
}

Proxy::Proxy(const ToHttp& to, const std::vector<fiber::Loop*>& loops, client::Pools& pools, nanoseconds stream_time)
    : to_(to),
      stream_time_(stream_time),
      edge_(edge_of(to)),
      http_(std::make_unique<client::HttpClient>(loops, limits_of(to, pools.limits()))) {}

Result<std::shared_ptr<Upstreams>> Proxy::upstreams(const std::vector<fiber::Loop*>& loops, client::Pools& pools) const {
  if (to_.service.empty()) {
    std::vector<client::HttpUrl> urls = HOLON_TRY(FixedUpstreams::parse(to_.urls));
    return std::shared_ptr<Upstreams>(std::make_shared<FixedUpstreams>(std::move(urls), *http_, pools, loops));
  }
  auto replicas = std::make_shared<Replicas>(to_, *http_, pools, loops);
  pools.also_ask(replicas);
  return std::shared_ptr<Upstreams>(std::move(replicas));
}

void Proxy::serve(Visit& visit) const { ProxyRequest(*this, visit).run(); }

}  // namespace holon::gateway
