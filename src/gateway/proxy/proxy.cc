#include "gateway/proxy/proxy.h"

#include "gateway/proxy/proxy_request.h"
#include "gateway/proxy/replicas.h"

namespace holon::gateway {
namespace {

client::HttpLimits limits_of(const ToHttp& to) {
  client::HttpLimits limits;
  limits.connections_max = to.connections_max;
  limits.connect_time = to.connect_time;
  return limits;
}

}  // namespace

Result<std::unique_ptr<Proxy>> Proxy::make(const ToHttp& to, std::vector<fiber::Loop*> loops, client::Pools& pools,
                                           nanoseconds stream_time) {
  std::unique_ptr<Upstreams> upstreams;
  if (to.service.empty()) {
    upstreams = HOLON_TRY(FixedUpstreams::make(to.urls));
  } else {
    upstreams = std::make_unique<Replicas>(to.service, pools, loops);
  }
  return std::unique_ptr<Proxy>(new Proxy(to, std::move(upstreams), std::move(loops), stream_time));
}

Proxy::Proxy(const ToHttp& to, std::unique_ptr<Upstreams> upstreams, std::vector<fiber::Loop*> loops, nanoseconds stream_time)
    : to_(to),
      upstreams_(std::move(upstreams)),
      stream_time_(stream_time),
      http_(std::make_unique<client::HttpClient>(std::move(loops), limits_of(to))) {}

void Proxy::serve(Visit& visit) const { ProxyRequest(*this, visit).run(); }

}  // namespace holon::gateway
