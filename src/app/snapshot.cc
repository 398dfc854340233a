#include "app/snapshot.h"

#include "app/own_services.h"
#include "env/process.h"
#include "telemetry/doors.h"
#include "telemetry/metrics.h"
#include "telemetry/refusals.h"

namespace holon::app {
namespace {

using telemetry::EdgeTotals;
using telemetry::Way;

template <class Out>
void fill(Out& out, const EdgeTotals& totals) {
  out.set_method(totals.edge.method);
  out.set_count(totals.count);
  out.set_total_ns(totals.total_ns);
  for (std::size_t code = 1; code < totals.errors.size(); ++code) {
    if (totals.errors[code] > 0) (*out.mutable_errors())[static_cast<int>(code)] = totals.errors[code];
  }
  for (std::size_t i = 0; i < totals.latency.size(); ++i) {
    if (totals.latency[i] == 0) continue;
    node::v1::Bucket& bucket = *out.add_latency();
    bucket.set_below_ns(telemetry::Buckets::below_ns(i));
    bucket.set_count(totals.latency[i]);
  }
}

}  // namespace

Result<node::v1::SnapshotReply> HostService::Snapshot(Call&, const node::v1::SnapshotRequest&) {
  node::v1::SnapshotReply reply;
  reply.set_host(host_);
  for (const EdgeTotals& totals : telemetry::metrics().snapshot()) {
    if (totals.count == 0 && totals.faults == 0) continue;
    if (totals.edge.way == Way::served) {
      if (!is_own_method(totals.edge.method)) fill(*reply.add_served(), totals);
    } else {
      node::v1::EdgeCalls& calls = *reply.add_calls();
      fill(calls, totals);
      calls.set_caller(totals.edge.caller);
      calls.set_local(totals.edge.way == Way::local);
      calls.set_faults(totals.faults);
    }
  }
  for (const telemetry::Refusal& refusal : telemetry::refusals()) {
    node::v1::Refusal& told = *reply.add_refusals();
    told.set_rule(refusal.rule);
    told.set_count(refusal.count);
  }
  for (const telemetry::Door& door : telemetry::doors()) {
    node::v1::Door& told = *reply.add_doors();
    told.set_service(door.service);
    for (const std::uint64_t begun : door.begun) told.add_begun(begun);
    told.set_running(door.running);
    told.set_waiting(door.waiting);
    told.set_limit(door.limit);
  }
  env::Usage usage = environment_.processes().usage();
  reply.set_cpu_us(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(usage.cpu).count()));
  reply.set_private_bytes(usage.private_bytes);
  return reply;
}

}  // namespace holon::app
