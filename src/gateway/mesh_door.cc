#include "gateway/mesh_door.h"

#include <limits>
#include <utility>

#include "gateway/problem.h"

namespace holon::gateway {
namespace {

constexpr std::size_t connections_max = 10'000;  // all come from one address

server::Limits door_limits() {
  server::Limits limits;
  limits.connections_max = limits.connections_per_peer_max = connections_max;
  limits.body_bytes_max = std::numeric_limits<std::int64_t>::max();
  return limits;
}

/// What plain requests to one callee go through. It believes what the caller says of whom it asks for, and bounds times and bodies as
/// streams are: the caller has its own patience.
Config config_of(const std::string& caller, const Arguments::Callee& callee) {
  Config config;
  config.trusted_proxies = {"127.0.0.0/8", "::1", "unix"};
  config.access_log.format = AccessLogConfig::Format::off;
  config.compression.enabled = false;
  config.limits.request_time = config.limits.stream_time;
  config.limits.requests_max = connections_max;
  if (callee.contracts.empty()) {
    config.limits.body_bytes_max = std::numeric_limits<std::int64_t>::max();
    config.routes = {{.name = callee.name, .target = ToHttp{.service = callee.name, .caller = caller}}};
  } else {
    config.routes = {{.name = callee.name, .target = ToContracts{.services = callee.contracts}}};
  }
  return config;
}

}  // namespace

Result<std::unique_ptr<MeshDoor>> MeshDoor::make(const Arguments::Caller& caller, const Door::Parts& parts) {
  std::unique_ptr<MeshDoor> door(new MeshDoor(caller, parts));
  for (const Arguments::Callee& callee : caller.callees) HOLON_TRY(door->add(callee));
  return door;
}

MeshDoor::MeshDoor(const Arguments::Caller& caller, const Door::Parts& parts)
    : parts_(parts),
      caller_(caller),
      callees_(caller),
      remote_(parts.pools, parts.contracts, caller_.name),
      destinations_(parts.world, parts.loops, parts.pools, parts.contracts, remote_),
      grpc_(parts.contracts, remote_, this),
      server_(grpc_.router(), parts.loops, door_limits(), this) {}

Result<void> MeshDoor::add(const Arguments::Callee& callee) {
  std::shared_ptr<const Edition> edition =
      HOLON_TRY(Edition::make(config_of(caller_.name, callee), {parts_.world, destinations_, edges_, {}, nullptr}));
  pipelines_.push_back(
      std::make_unique<Pipeline>(parts_.world, parts_.loops.size(), parts_.contracts.json(), std::move(edition)));
  return {};
}

Result<void> MeshDoor::listen() {
  HOLON_TRY(server_.listen(caller_.door));
  return {};
}

void MeshDoor::drain(env::Time deadline) {
  grpc_.shut_down();
  server_.drain(deadline);
}

Result<std::unique_ptr<CallPolicy::Admission>> MeshDoor::admit(Call&, std::string_view path,
                                                               const server::Arrival* arrival) const {
  HOLON_TRY(callees_.check_call(path, arrival != nullptr ? std::string_view(arrival->authority) : std::string_view()));
  return std::unique_ptr<Admission>();
}

void MeshDoor::serve(server::HttpExchange& exchange) {
  const Result<std::size_t> callee = callees_.by_authority(exchange.request().authority);
  if (callee.ok()) return pipelines_[*callee]->serve(exchange);
  const int status = http_status(callee.error().code());
  const std::vector<wire::HeaderView> headers = {{"content-type", problem_type}};
  (void)exchange.respond(status, headers, problem_body(status, callee.error(), parts_.contracts.json()));
}

server::HttpHandler::Refusal MeshDoor::refuse(int status, std::string_view why) {
  return pipelines_.front()->refuse(status, why);  // they are all alike in this
}

}  // namespace holon::gateway
