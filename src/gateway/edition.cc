#include "gateway/edition.h"

#include "gateway/access/cors.h"
#include "telemetry/metrics.h"

namespace holon::gateway {

std::uint32_t RouteEdges::edge(const std::string& route) {
  const auto [found, fresh] = edges_.try_emplace(route, 0);
  if (fresh) found->second = telemetry::metrics().add_edge({telemetry::Way::served, {}, "route " + route});
  return found->second;
}

Result<std::shared_ptr<const Edition>> Edition::make(Config config, const Parts& parts) {
  std::shared_ptr<Edition> edition(new Edition(std::move(config)));
  for (const std::string& network : edition->config_.trusted_proxies) HOLON_TRY(edition->trusted_.add(network));
  edition->access_ = HOLON_TRY(Access::make(edition->config_, parts.world, parts.fetch, parts.before));
  edition->log_ = HOLON_TRY(AccessLog::open(edition->config_.access_log, parts.world));
  for (const RouteConfig& route : edition->config_.routes) {
    if (Result<void> added = edition->add_rule(route, parts); !added.ok()) return added.error().within("route " + route.name);
  }
  return std::shared_ptr<const Edition>(std::move(edition));
}

Result<void> Edition::add_rule(const RouteConfig& route, const Parts& parts) {
  std::shared_ptr<const Destination> destination = HOLON_TRY(parts.destinations.make(route.target, config_));
  std::optional<server::Cors> cors;
  if (route.cors) cors = HOLON_TRY(make_cors(*route.cors));
  Rates rates = HOLON_TRY(Rates::make(route.rates, parts.world));
  const LimitsConfig& limits = config_.limits;
  rules_.push_back(std::unique_ptr<const Rule>(
      new Rule{.route = route,
               .access = route.access ? *route.access : config_.access,
               .destination = std::move(destination),
               .cors = std::move(cors),
               .rates = std::move(rates),
               .concurrency = Concurrency(route.concurrency),
               .edge = parts.edges.edge(route.name),
               .timeout = route.timeout.value_or(limits.request_time),
               .body_bytes_max = route.body_bytes_max.value_or(limits.body_bytes_max)}));
  return {};
}

Result<const Rule*> Edition::find(const RouteTable::Query& query) const {
  const std::optional<std::size_t> found = HOLON_TRY(table_.find(query));
  return found ? rules_[*found].get() : nullptr;
}

}  // namespace holon::gateway
