// `holon top`: what each host uses, how much it is called, and what is wrong between services.
#include <algorithm>

#include "cmd/holon/edges.h"
#include "cmd/holon/hosts_table.h"
#include "cmd/holon/link.h"
#include "cmd/holon/session.h"
#include "cmd/holon/table.h"
#include "cmd/holon/verbs.h"
#include "env/input.h"

namespace holon::cli {
namespace {

constexpr double usual_period_s = 2;

std::string fixed(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string memory_text(const node::v1::HostUsage& host) {
  return bytes_text(host.memory_bytes()) + (host.memory_bytes_max() == 0 ? "" : " / " + bytes_text(host.memory_bytes_max()));
}

/// What is wrong between services, a line for each: nothing if nothing is.
void print_trouble(const node::v1::TopReply& reply) {
  std::vector<std::string> lines;
  for (const node::v1::HostUsage& host : reply.hosts()) {
    if (host.turned_away_per_second() == 0) continue;
    lines.push_back(host.host() + " turns " + fixed(host.turned_away_per_second(), 1) + " calls/s away: " + doors_text(host.doors()));
  }
  for (const node::v1::EdgeUsage& edge : reply.edges()) {
    if (!edge.trouble().empty()) lines.push_back(edge_name(edge) + ": " + edge.trouble());
  }
  if (!lines.empty()) std::printf("\n");
  for (const std::string& line : lines) std::printf("%s\n", line.c_str());
}

bool print_usage(const node::v1::TopReply& reply, bool json) {
  if (json) return print_json(reply);
  Table table({{"HOST", Column::key}, {"PID", 4, Column::right}, {"CPU", 9, Column::right}, {"MEMORY", 8, Column::right},
               {"CALLS/S", 7, Column::right}, {"ERRORS/S", 6, Column::right}, {"PROCESSES", 2, Column::right},
               {"DESCRIPTORS", 3, Column::right}});
  for (const node::v1::HostUsage& host : reply.hosts()) {
    table.add({host.host(), std::to_string(host.pid()), fixed(100 * host.cpu(), 1) + " %", memory_text(host),
               fixed(host.calls_per_second(), 1), {fixed(host.errors_per_second(), 1), host.errors_per_second() > 0 ? Tone::bad : Tone::plain},
               std::to_string(host.processes()), std::to_string(host.descriptors())});
  }
  table.print();
  print_trouble(reply);
  print_elsewhere(reply.elsewhere());
  return std::fflush(stdout) == 0;
}

}  // namespace

int top(const TopOptions& options) {
  Session session;
  if (!has_node(options.file)) return session.fail(no_node(options.file));
  const bool goes_on = !options.once && (options.period_s || env::is_terminal(1));
  node::v1::TopRequest request;
  request.set_period_ms(goes_on ? static_cast<int>(1000 * options.period_s.value_or(usual_period_s)) : 0);
  NodeLink node(options.file);
  return each_message(session, node, node->Top(session.call(std::nullopt), request), [&](const node::v1::TopReply& reply) {
    if (goes_on && !options.json) begin_screen();
    return print_usage(reply, options.json);
  });
}

}  // namespace holon::cli
