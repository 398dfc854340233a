#include <map>

#include "cmd/holon/graph.h"

namespace holon::cli {
namespace {

using node::v1::ServiceState;

/// As a string of DOT, where a quote and a backslash are written with a backslash before them.
std::string dot_quote(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  return quoted + "\"";
}

std::string box(const ServiceState& service) {
  std::string label = dot_quote(service.name() + (service.owner().empty() ? "" : "\n" + service.owner()));
  if (const std::size_t line = label.find('\n'); line != label.npos) label.replace(line, 1, "\\n");
  return "    " + dot_quote(service.name()) + " [label=" + label + (service.kind() == "command" ? ", style=dashed" : "") + "]\n";
}

}  // namespace

std::string dot_of(const node::v1::DescribeReply& graph) {
  std::map<std::string, std::string> boxes;  // by host
  std::string edges;
  for (const ServiceState& service : graph.services()) {
    boxes[service.hosts().empty() ? "" : service.hosts(0)] += box(service);
    for (const std::string& callee : service.calls()) {
      edges += "  " + dot_quote(service.name()) + " -> " + dot_quote(callee) + "\n";
    }
  }
  std::string text = "digraph " + dot_quote(graph.app()) + " {\n  rankdir=LR\n  node [shape=box]\n";
  for (const auto& [host, inside] : boxes) {
    text += "  subgraph " + dot_quote("cluster_" + host) + " {\n    label=" + dot_quote(host) + "\n" + inside + "  }\n";
  }
  return text + edges + "}\n";
}

}  // namespace holon::cli
