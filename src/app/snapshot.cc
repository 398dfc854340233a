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

std::string_view breaker_text(client::Breaker::State state) {
  switch (state) {
    case client::Breaker::State::closed: return "closed";
    case client::Breaker::State::half_open: return "half open";
    case client::Breaker::State::open: break;
  }
  return "open";
}

void fill(node::v1::SnapshotReply& reply, const client::Knowledge& known) {
  for (const client::EndpointKnown& endpoint : known.endpoints) {
    node::v1::CalleeEndpoint& told = *reply.add_endpoints();
    told.set_service(endpoint.service);
    told.set_address(endpoint.address);
    told.set_breaker(std::string(breaker_text(endpoint.breaker)));
    told.set_silent(!endpoint.reachable);
    told.set_out_us(std::chrono::duration_cast<std::chrono::microseconds>(endpoint.out_for).count());
    told.set_trips(endpoint.trips);
    told.set_in_flight(endpoint.in_flight);
    told.set_latency_ns(static_cast<std::uint64_t>(endpoint.latency.count()));
  }
  for (const client::BudgetKnown& budget : known.budgets) {
    node::v1::RetryBudget& told = *reply.add_budgets();
    told.set_caller(budget.caller);
    told.set_service(budget.service);
    told.set_left(budget.left);
  }
}

}  // namespace

Result<node::v1::SnapshotReply> HostService::Snapshot(Call& call, const node::v1::SnapshotRequest&) {
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
      calls.set_retries(totals.repeats[static_cast<std::size_t>(telemetry::Repeat::retry)]);
      calls.set_hedges(totals.repeats[static_cast<std::size_t>(telemetry::Repeat::hedge)]);
      calls.set_unpaid(totals.repeats[static_cast<std::size_t>(telemetry::Repeat::unpaid)]);
      calls.set_far(totals.far);
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
  if (pools_ != nullptr) fill(reply, pools_->knowledge(call));
  env::Usage usage = environment_.processes().usage();
  reply.set_cpu_us(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(usage.cpu).count()));
  reply.set_private_bytes(usage.private_bytes);
  return reply;
}

Result<node::v1::LoadReply> HostService::Load(Call&, const node::v1::LoadRequest& request) {
  const std::optional<telemetry::Door> door = telemetry::door_of(request.service());
  if (!door) return not_found("no call has come for " + request.service());
  node::v1::LoadReply reply;
  reply.set_in_flight(door->running + door->waiting);
  reply.set_ended(door->ended);
  reply.set_ended_ns(door->ended_ns);
  return reply;
}

}  // namespace holon::app
