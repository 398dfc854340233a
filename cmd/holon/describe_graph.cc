// `holon describe` without an address: the application's services, who owns them, and who calls whom.
#include <numeric>

#include "cmd/holon/edges.h"
#include "cmd/holon/graph.h"
#include "cmd/holon/hosts_table.h"
#include "cmd/holon/link.h"
#include "cmd/holon/session.h"
#include "cmd/holon/table.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

std::uint64_t begun(const node::v1::Door& door) {
  return std::accumulate(door.begun().begin(), door.begun().end(), std::uint64_t{0});
}

void print_graph(const node::v1::DescribeReply& graph) {
  Table table({{"SERVICE", Column::key}, {"CONTRACT", 5}, {"OWNER", 6}, {"HOSTS", 4}, {"CALLS", 9}, {"METHODS", 2}});
  for (const node::v1::ServiceState& service : graph.services()) {
    table.add({service.name(), service.contract(), service.owner(), listed_once(service.hosts()), listed_once(service.calls()),
               listed_once(service.methods())});
  }
  table.print();
}

/// How calls went since the hosts have started; nothing where nobody has called.
void print_edges(const node::v1::DescribeReply& graph) {
  Table table({{"CALLS FROM", Column::key}, {"TO", 9}, {"WENT WELL", 8, Column::right}, {"OF ATTEMPTS", 7, Column::right},
               {"MAY RETRY", 5, Column::right}, {"IN TROUBLE", 6}});
  for (const node::v1::EdgeUsage& edge : graph.edges()) {
    const Tone tone = edge.success() < 1 ? Tone::bad : Tone::plain;
    table.add({edge.caller().empty() ? "-" : edge.caller(), edge.callee(), {percent_text(edge.success()), tone},
               percent_text(edge.success_of_attempts()), count_text(edge.budget()), {unfit_text(edge), Tone::bad}});
  }
  if (table.empty()) return;
  std::printf("\n");
  table.print();
}

/// What hosts have under way, and how much they take; nothing of those to whom nobody came.
void print_doors(const node::v1::DescribeReply& graph) {
  Table table({{"CALLS TO", Column::key}, {"SERVICE", 9}, {"BEGUN", 5, Column::right}, {"RUN", 8, Column::right},
               {"AT MOST", 8, Column::right}, {"WAIT", 7, Column::right}, {"TURNED AWAY", 6, Column::right}});
  for (const node::v1::HostDoors& host : graph.doors()) {
    for (const node::v1::Door& door : host.doors()) {
      const Tone tone = host.turned_away() > 0 ? Tone::bad : Tone::plain;
      table.add({host.host(), door.service().empty() ? "-" : door.service(), std::to_string(begun(door)), std::to_string(door.running()),
                 limit_text(door), std::to_string(door.waiting()), {std::to_string(host.turned_away()), tone}});
    }
  }
  if (table.empty()) return;
  std::printf("\n");
  table.print();
}

}  // namespace

int describe_graph(const DescribeOptions& options) {
  Session session;
  Result<node::v1::DescribeReply> graph = ask_node(session, options.server.file, std::chrono::seconds(5),
                                                   [](NodeLink& node, Call& call) { return node->Describe(call, {}); });
  if (graph.code() == Code::unavailable) return session.fail(unavailable(graph.error().message() + ", --address any gRPC server"));
  if (!graph.ok()) return session.fail(graph.error());
  if (options.dot || options.svg) {
    std::fputs((options.dot ? dot_of(*graph) : svg_of(*graph)).c_str(), stdout);
  } else if (options.json) {
    return print_json(*graph) ? succeeded : failed;
  } else {
    print_graph(*graph);
    print_edges(*graph);
    print_doors(*graph);
    print_elsewhere(graph->elsewhere());
  }
  return succeeded;
}

}  // namespace holon::cli
