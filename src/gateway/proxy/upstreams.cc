#include "gateway/proxy/upstreams.h"

#include <algorithm>

#include "fiber/loop.h"

namespace holon::gateway {
namespace {

constexpr env::Duration rest_first = std::chrono::seconds(1);
constexpr env::Duration rest_most = std::chrono::seconds(30);
constexpr unsigned doublings_max = 5;

}  // namespace

Upstreams::Server::Server(const client::HttpUrl& url)
    : origin(url.origin),
      authority(url.origin.authority()),
      base(url.target.ends_with('/') ? url.target.substr(0, url.target.size() - 1) : url.target) {}

void Upstreams::Server::failed(env::Time now) {
  const unsigned before = failures_.fetch_add(1, std::memory_order_relaxed);
  const env::Duration rest = std::min(rest_first * (1 << std::min(before, doublings_max)), rest_most);
  rests_until_.store((now + rest).time_since_epoch().count(), std::memory_order_relaxed);
}

Upstreams::Servers Upstreams::ordered(const Servers& servers, std::size_t first, env::Time now) {
  Servers order;
  order.reserve(servers.size());
  for (std::size_t i = 0; i < servers.size(); ++i) order.push_back(servers[(first + i) % servers.size()]);
  std::stable_partition(order.begin(), order.end(), [&](const auto& each) { return !each->resting(now); });
  return order;
}

Result<std::unique_ptr<FixedUpstreams>> FixedUpstreams::make(const std::vector<std::string>& urls) {
  if (urls.empty()) return invalid_argument("a route to HTTP needs the URL of a server: http: \"http://127.0.0.1:9000\"");
  auto made = std::make_unique<FixedUpstreams>();
  for (const std::string& text : urls) {
    const client::HttpUrl url = HOLON_TRY(client::HttpUrl::parse(text));
    if (url.target.find('?') != std::string::npos) {
      return invalid_argument("URL \"" + text + "\": a server's URL has no query; the request's is sent");
    }
    made->servers_.push_back(std::make_shared<Server>(url));
  }
  return made;
}

Result<Upstreams::Servers> FixedUpstreams::in_turn(Call&) {
  return ordered(servers_, next_.fetch_add(1, std::memory_order_relaxed), fiber::Loop::current()->now());
}

}  // namespace holon::gateway
