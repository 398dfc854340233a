#include "node/snapshot.h"

#include "client/channel.h"
#include "fiber/call.h"
#include "holon/node/v1/node.holon.h"
#include "telemetry/metrics.h"

namespace holon::node {
namespace {

constexpr auto answer_within = std::chrono::seconds(1);

/// All snapshots are one edge, whichever host they are of.
std::uint32_t snapshot_edge() {
  static const std::uint32_t edge = telemetry::metrics().add_edge(
      {telemetry::Way::remote, "", std::string(v1::Host::info().methods[0].name)});
  return edge;
}

}  // namespace

Result<v1::SnapshotReply> take_snapshot(Call& call, const std::string& address) {
  env::Address where = HOLON_TRY(env::Address::parse(address));
  client::Pools pools({fiber::Loop::current()});
  client::Endpoints endpoints;
  endpoints.everything = {where};
  pools.update(std::move(endpoints));

  internal::Binding binding;
  binding.callee = &v1::Host::info();
  binding.first_edge = snapshot_edge();
  client::Channel channel(pools, binding);
  binding.channel = &channel;

  internal::RootCall bounded(std::min(call.deadline(), fiber::Loop::current()->environment().now() + answer_within));
  return v1::Host::Client(binding).Snapshot(bounded, v1::SnapshotRequest());
}

}  // namespace holon::node
