#include "node/reload.h"

#include <algorithm>

#include "env/disk.h"
#include "gateway/read_config.h"
#include "node/host_calls.h"

namespace holon::node {
namespace {

constexpr const char* new_start = "; that takes a new start: `holon down`, then `holon up`";

std::vector<std::string> addresses_of(const gateway::Config& config) {
  std::vector<std::string> addresses;
  for (const gateway::ListenConfig& listener : config.listen) addresses.push_back(listener.address);
  return addresses;
}

/// What of the section can't change while the gateway's sockets are open.
Result<void> check_doors(const gateway::Config& running, const std::optional<gateway::Config>& next, const std::string& file) {
  if (!next) return failed_precondition(file + " has no `gateway:` any more" + new_start);
  if (addresses_of(*next) == addresses_of(running)) return {};
  return failed_precondition(file + ": `listen:` of the gateway has changed" + new_start);
}

/// A route may lead to a service that was written down since, and does not run yet.
Result<void> check_services(const gateway::Config& next, const Deployment& running, const std::string& file) {
  for (const std::string& service : gateway::http_services_of(next)) {
    const bool runs = std::ranges::any_of(running.hosts, [&](const HostPlan& plan) {
      return plan.host.protocol == control::Protocol::http && plan.host.services.front().name == service;
    });
    if (!runs) return failed_precondition(file + ": a route leads to " + service + ", which does not run yet" + new_start);
  }
  return {};
}

}  // namespace

Result<v1::ReloadReply> reload(Call& call, env::Environment& world, Deployment& running, Supervisor& supervisor) {
  if (!running.gateway) return failed_precondition(running.app + " was started without a gateway" + new_start);
  GatewaySection next = HOLON_TRY(read_gateway(world, running.options, running.contracts));
  HOLON_TRY(check_doors(*running.gateway, next.config, running.options.file.string()));
  HOLON_TRY(check_services(*next.config, running, running.options.file.string()));
  const std::optional<std::string> gateway = supervisor.gateway_endpoint();
  if (!gateway) return unavailable("the gateway is not ready; `holon ps` says how it is");

  const std::filesystem::path copy = running.folder.gateway_config();
  const std::string before = HOLON_TRY(world.disk().read(copy));
  HOLON_TRY(supervisor.write_gateway_config(next.yaml));
  if (Result<void> told = reload_gateway(call, *gateway); !told.ok()) {
    HOLON_TRY(supervisor.write_gateway_config(before));
    return told.error();
  }
  supervisor.gateway_reloaded(next.yaml);
  take_section(running.document, next.document, "gateway");
  return v1::ReloadReply();
}

}  // namespace holon::node
