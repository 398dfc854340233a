#include "gateway/destinations.h"

#include "contract/openapi.h"
#include "gateway/content/answer.h"
#include "gateway/content/files.h"
#include "gateway/content/redirect.h"
#include "gateway/explorer/explorer.h"
#include "gateway/openapi/document.h"
#include "gateway/proxy/http_faults.h"
#include "gateway/proxy/proxy.h"
#include "gateway/split.h"
#include "gateway/transcode/transcoder.h"

namespace holon::gateway {
namespace {

using Made = std::shared_ptr<const Destination>;

std::vector<contract::OpenApiSecurity> security_of(const Config& config) {
  using Kind = contract::OpenApiSecurity::Kind;
  std::vector<contract::OpenApiSecurity> all;
  const auto wanted = [&](const std::string& name) {
    const auto& any_of = config.access.any_of;
    return std::find(any_of.begin(), any_of.end(), name) != any_of.end();
  };
  for (const JwtConfig& jwt : config.jwt) {
    if (!wanted(jwt.name)) continue;
    const bool bearer = jwt.cookie.empty() && jwt.header == "authorization";
    const Kind kind = bearer ? Kind::bearer_jwt : jwt.cookie.empty() ? Kind::header : Kind::cookie;
    all.push_back({.name = jwt.name, .kind = kind, .field = jwt.cookie.empty() ? jwt.header : jwt.cookie, .description = {}});
  }
  for (const ApiKeyConfig& keys : config.api_keys) {
    if (wanted(keys.name)) all.push_back({.name = keys.name, .kind = Kind::header, .field = keys.header, .description = {}});
  }
  return all;
}

/// Where the OpenAPI document is; the configuration has it if it has an explorer.
std::string document_path(const Config& config) {
  for (const RouteConfig& route : config.routes) {
    if (std::holds_alternative<OpenApi>(route.target)) return route.path;
  }
  return "/openapi.json";
}

}  // namespace

Destinations::Destinations(env::Environment& world, std::vector<fiber::Loop*> loops, client::Pools& pools,
                           const Contracts& contracts, const Remote& remote)
    : world_(world),
      loops_(std::move(loops)),
      pools_(pools),
      contracts_(contracts),
      remote_(remote),
      secret_(world.random()) {}

Destinations::~Destinations() = default;

Result<Made> Destinations::make(const Target& target, const Config& config) {
  const nanoseconds stream_time = config.limits.stream_time;
  if (const auto* to = std::get_if<ToContracts>(&target)) {
    std::unique_ptr<Transcoder> made = HOLON_TRY(Transcoder::make(contracts_, remote_, *to, stream_time));
    return Made(std::move(made));
  }
  if (const auto* to = std::get_if<ToHttp>(&target)) return proxy(*to, config);
  if (const auto* to = std::get_if<ToFiles>(&target)) return Made(std::make_shared<Files>(*to, world_, stream_time));
  if (const auto* to = std::get_if<ToRedirect>(&target)) return Made(std::make_shared<Redirect>(*to));
  if (const auto* to = std::get_if<ToAnswer>(&target)) return Made(std::make_shared<Answer>(*to));
  if (std::holds_alternative<OpenApi>(target)) return document(config);
  if (std::holds_alternative<Explorer>(target)) return Made(std::make_shared<ExplorerPage>(document_path(config)));
  return weighted(std::get<std::vector<Weighted>>(target), config);
}

Result<Made> Destinations::proxy(const ToHttp& to, const Config& config) {
  for (const Kept& kept : proxies_) {
    if (kept.to == to && kept.stream_time == config.limits.stream_time) return kept.proxy;
  }
  std::unique_ptr<Proxy> proxy = HOLON_TRY(Proxy::make(to, loops_, pools_, config.limits.stream_time));
  const std::optional<std::uint32_t> edge = proxy->edge();
  std::unique_ptr<const Destination> made = std::move(proxy);
  if (edge) made = std::make_unique<HttpFaults>(to, pools_.faults(), *edge, std::move(made));
  proxies_.push_back({to, config.limits.stream_time, std::move(made)});
  return proxies_.back().proxy;
}

Result<Made> Destinations::weighted(const std::vector<Weighted>& choices, const Config& config) {
  std::vector<Split::Choice> made;
  for (const Weighted& choice : choices) {
    Made destination = HOLON_TRY(make(choice.target, config));
    made.push_back({choice.weight, std::move(destination)});
  }
  return Made(std::make_shared<Split>(std::move(made), secret_));
}

Made Destinations::document(const Config& config) const {
  contract::OpenApiOptions options;
  options.security = security_of(config);
  options.security_optional = config.access.optional;
  return std::make_shared<OpenApiDocument>(contract::openapi(contracts_.services(), options));
}

}  // namespace holon::gateway
