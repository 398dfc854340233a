#include "node/host_calls.h"

#include "client/channel.h"
#include "fiber/call.h"
#include "grpc/health/v1/health.holon.h"
#include "holon/node/v1/node.holon.h"
#include "telemetry/metrics.h"

namespace holon::node {
namespace {

/// All calls of a contract's first method are one edge, whichever host they go to.
std::uint32_t edge_of(const internal::ServiceInfo& contract) {
  return telemetry::metrics().add_edge({telemetry::Way::remote, "", std::string(contract.methods[0].name)});
}

/// Calls `ask(call, client)` of the host at `address`.
template <class Service, class Reply, class Ask>
Result<Reply> ask_host(Call& call, const std::string& address, std::chrono::nanoseconds within, Ask ask) {
  static const std::uint32_t edge = edge_of(Service::info());
  env::Address where = HOLON_TRY(env::Address::parse(address));
  client::Pools pools({fiber::Loop::current()});
  client::Endpoints endpoints;
  endpoints.everything = {where};
  pools.update(std::move(endpoints));

  internal::Binding binding;
  binding.callee = &Service::info();
  binding.first_edge = edge;
  client::Channel channel(pools, binding);
  binding.channel = &channel;

  internal::RootCall bounded(std::min(call.deadline(), fiber::Loop::current()->environment().now() + within));
  typename Service::Client client(binding);
  return ask(bounded, client);
}

}  // namespace

Result<v1::SnapshotReply> take_snapshot(Call& call, const std::string& address) {
  const auto ask = [](Call& bounded, v1::Host::Client& host) { return host.Snapshot(bounded, v1::SnapshotRequest()); };
  return ask_host<v1::Host, v1::SnapshotReply>(call, address, std::chrono::seconds(1), ask);
}

Result<bool> check_health(Call& call, const std::string& address) {
  using grpc::health::v1::Health;
  using Reply = grpc::health::v1::HealthCheckResponse;
  const auto ask = [](Call& bounded, Health::Client& health) {
    return health.Check(bounded, grpc::health::v1::HealthCheckRequest());
  };
  const Result<Reply> reply = ask_host<Health, Reply>(call, address, call.deadline() - fiber::Loop::current()->now(), ask);
  if (reply.ok()) return reply->status() == Reply::SERVING;
  if (reply.code() == Code::unimplemented || reply.code() == Code::not_found) return true;
  return reply.error();
}

Result<void> reload_gateway(Call& call, const std::string& address) {
  const auto ask = [](Call& bounded, v1::Gateway::Client& gateway) { return gateway.Reload(bounded, v1::ReloadRequest()); };
  Result<v1::ReloadReply> reply = ask_host<v1::Gateway, v1::ReloadReply>(call, address, std::chrono::seconds(10), ask);
  if (!reply.ok()) return reply.error();
  return {};
}

}  // namespace holon::node
