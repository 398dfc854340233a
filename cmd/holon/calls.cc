#include <algorithm>
#include <map>

#include "cmd/holon/hosts_table.h"
#include "cmd/holon/link.h"
#include "cmd/holon/session.h"
#include "cmd/holon/table.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

using node::v1::EdgeCalls;

/// What all hosts together counted of one caller, method and way.
struct Sum {
  std::uint64_t count = 0;
  std::uint64_t errors = 0;
  std::uint64_t faults = 0;
  std::uint64_t total_ns = 0;
  std::map<std::uint64_t, std::uint64_t> latency;  // count by upper bound

  void add(const EdgeCalls& calls) {
    count += calls.count();
    total_ns += calls.total_ns();
    faults += calls.faults();
    for (const auto& [code, number] : calls.errors()) errors += number;
    for (const node::v1::Bucket& bucket : calls.latency()) latency[bucket.below_ns()] += bucket.count();
  }
  std::uint64_t quantile_ns(double share) const {
    double rest = share * static_cast<double>(count);
    for (const auto& [below_ns, number] : latency) {
      rest -= static_cast<double>(number);
      if (rest <= 0) return below_ns;
    }
    return latency.empty() ? 0 : latency.rbegin()->first;
  }
};

void print(const node::v1::CallsReply& reply) {
  std::map<std::tuple<std::string, std::string, bool>, Sum> sums;
  for (const node::v1::SnapshotReply& host : reply.hosts()) {
    for (const EdgeCalls& calls : host.calls()) {
      if (calls.count() > 0 || calls.faults() > 0) sums[{calls.caller(), calls.method(), calls.local()}].add(calls);
    }
  }
  Table table({{"CALLER", 9}, {"METHOD", Column::key}, {"WAY", 3}, {"CALLS", 8, Column::right}, {"ERRORS", 7, Column::right},
               {"MEAN", 4, Column::right}, {"P50 <", 5, Column::right}, {"P99 <", 6, Column::right},
               {"FAULTS", 7, Column::right}});
  for (const auto& [edge, sum] : sums) {
    const auto& [caller, method, local] = edge;
    double mean_ns = static_cast<double>(sum.total_ns) / static_cast<double>(std::max<std::uint64_t>(1, sum.count));
    table.add({caller.empty() ? "-" : caller, method, local ? "local" : "remote", std::to_string(sum.count),
               {std::to_string(sum.errors), sum.errors > 0 ? Tone::bad : Tone::plain}, duration_text(mean_ns),
               duration_text(static_cast<double>(sum.quantile_ns(0.5))),
               duration_text(static_cast<double>(sum.quantile_ns(0.99))),
               sum.faults == 0 ? Cell("") : Cell(std::to_string(sum.faults), Tone::bad)});
  }
  table.print();
}

/// What hosts turned away to protect themselves; nothing if that is nothing.
void print_refusals(const node::v1::CallsReply& reply) {
  Table table({{"HOST", 5}, {"REFUSED BY", Column::key}, {"TIMES", 8, Column::right}});
  for (const node::v1::SnapshotReply& host : reply.hosts()) {
    for (const node::v1::Refusal& refusal : host.refusals()) {
      table.add({host.host(), refusal.rule(), std::to_string(refusal.count())});
    }
  }
  if (table.empty()) return;
  std::printf("\n");
  table.print();
}

}  // namespace

int calls(const NodeOptions& options) {
  Session session;
  Result<node::v1::CallsReply> reply = ask_node(session, options.file, std::chrono::seconds(5),
                                                [](NodeLink& node, Call& call) { return node->Calls(call, {}); });
  if (!reply.ok()) return session.fail(reply.error());
  if (options.json) return print_json(*reply) ? succeeded : failed;
  print(*reply);
  print_refusals(*reply);
  print_elsewhere(reply->elsewhere());
  return succeeded;
}

}  // namespace holon::cli
