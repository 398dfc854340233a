#include "gateway/proxy/upstreams.h"

#include <algorithm>
#include <utility>

#include "fiber/loop.h"

namespace holon::gateway {

Upstreams::Server::Server(const client::HttpUrl& url, std::shared_ptr<client::HttpPeer> peer)
    : origin(url.origin),
      authority(url.origin.authority()),
      base(url.target.ends_with('/') ? url.target.substr(0, url.target.size() - 1) : url.target),
      peer_(std::move(peer)) {}

Upstreams::Share::Share(const client::Limits& limits)
    : balance(limits.balance),
      target(client::make_balancer(balance), limits.near_first != 0),
      terms(client::http_terms_of(limits, nullptr)),
      budget(limits.retry_budget) {}

Upstreams::Upstreams(client::HttpClient& http, client::Pools& pools, const std::vector<fiber::Loop*>& loops)
    : http_(http), pools_(pools) {
  for (const fiber::Loop* loop : loops) shares_.resize(std::max<std::size_t>(shares_.size(), loop->index() + 1));
}

Upstreams::~Upstreams() = default;

Upstreams::Share& Upstreams::here() const {
  std::unique_ptr<Share>& share = shares_[fiber::Loop::current()->index()];
  if (share == nullptr) share = std::make_unique<Share>(pools_.limits());
  return *share;
}

Result<Upstreams::Choice> Upstreams::choose(Call& call, const Server* elsewhere_than) {
  HOLON_TRY(learn(call, here()));
  return choose_now(elsewhere_than);
}

std::optional<Upstreams::Choice> Upstreams::choose_other(const Server& server) {
  Choice choice = choose_now(&server);
  if (choice.server.get() == &server || !choice.server->fit()) return {};
  return choice;
}

Upstreams::Choice Upstreams::choose_now(const Server* elsewhere_than) {
  Share& share = here();
  fiber::Loop& loop = *fiber::Loop::current();
  const std::uint64_t random = share.servers.size() > 1 ? loop.environment().random() : 0;
  const client::Target::Choice choice =
      share.target.choose({.random = random, .now = loop.now(), .key = {}, .elsewhere_than = elsewhere_than});
  const auto chosen = std::ranges::find(share.servers, &choice.candidate,
                                        [](const auto& each) -> const client::Candidate* { return each.get(); });
  return Choice{*chosen, choice.far};
}

bool Upstreams::others_reachable(const Server& server) const {
  return std::ranges::any_of(here().servers, [&](const auto& each) { return each.get() != &server && each->reachable(); });
}

Result<void> Upstreams::know(Share& share, const std::vector<Placed>& placed) {
  Servers servers;
  std::vector<client::Target::Placed> candidates;
  for (const Placed& each : placed) {
    const std::shared_ptr<client::HttpPeer> peer = HOLON_TRY(http_.peer(each.url.origin));
    const auto same = std::ranges::find_if(share.servers, [&](const auto& server) { return server->origin == each.url.origin; });
    servers.push_back(same != share.servers.end() ? *same : std::make_shared<Server>(each.url, peer));
    candidates.push_back({servers.back().get(), each.where});
  }
  share.target.know(candidates);
  const Servers before = std::exchange(share.servers, std::move(servers));
  for (const auto& gone : before) {
    if (std::ranges::find(share.servers, gone) == share.servers.end()) http_.forget(gone->origin);
  }
  return {};
}

Result<std::vector<client::HttpUrl>> FixedUpstreams::parse(const std::vector<std::string>& urls) {
  if (urls.empty()) return invalid_argument("a route to HTTP needs the URL of a server: http: \"http://127.0.0.1:9000\"");
  std::vector<client::HttpUrl> parsed;
  for (const std::string& text : urls) {
    client::HttpUrl url = HOLON_TRY(client::HttpUrl::parse(text));
    if (url.target.find('?') != std::string::npos) {
      return invalid_argument("URL \"" + text + "\": a server's URL has no query; the request's is sent");
    }
    parsed.push_back(std::move(url));
  }
  return parsed;
}

FixedUpstreams::FixedUpstreams(std::vector<client::HttpUrl> urls, client::HttpClient& http, client::Pools& pools,
                               const std::vector<fiber::Loop*>& loops)
    : Upstreams(http, pools, loops), urls_(std::move(urls)) {}

Result<void> FixedUpstreams::learn(Call&, Share& share) {
  if (!share.servers.empty()) return {};
  std::vector<Placed> placed;
  for (const client::HttpUrl& url : urls_) placed.push_back({url, client::Nearness::node});
  return know(share, placed);
}

}  // namespace holon::gateway
