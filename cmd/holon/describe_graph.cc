// `holon describe` without an address: the application's services, who owns them, and who calls whom.
#include "cmd/holon/graph.h"
#include "cmd/holon/hosts_table.h"
#include "cmd/holon/link.h"
#include "cmd/holon/session.h"
#include "cmd/holon/table.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

void print_graph(const node::v1::DescribeReply& graph) {
  Table table({{"SERVICE", Column::key}, {"CONTRACT", 5}, {"OWNER", 6}, {"HOSTS", 4}, {"CALLS", 9}, {"METHODS", 2}});
  for (const node::v1::ServiceState& service : graph.services()) {
    table.add({service.name(), service.contract(), service.owner(), listed_once(service.hosts()), listed_once(service.calls()),
               listed_once(service.methods())});
  }
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
  }
  return succeeded;
}

}  // namespace holon::cli
