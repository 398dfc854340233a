#include "cmd/holon/hosts_table.h"

#include <algorithm>
#include <set>
#include <vector>

#include "cmd/holon/table.h"
#include "cmd/holon/terminal.h"
#include "env/environment.h"

namespace holon::cli {
namespace {

std::string age_of(const node::v1::HostState& host) {
  if (host.pid() == 0) return "";
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(env::os().wall().time_since_epoch()).count();
  return age_text((now - host.started_unix_ms()) / 1000);
}

std::string trouble_of(const node::v1::HostState& host) { return host.health().empty() ? host.cause() : host.health(); }

}  // namespace

Tone tone_of(const std::string& state) {
  if (state == "ready") return Tone::good;
  if (state == "failed" || state == "unhealthy") return Tone::bad;
  return state == "stopped" ? Tone::faint : Tone::doubtful;
}

std::string listed_once(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::set<std::string> seen;
  std::string text;
  for (const std::string& word : words) {
    if (!word.empty() && seen.insert(word).second) text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

void print_hosts(const google::protobuf::RepeatedPtrField<node::v1::HostState>& hosts) {
  std::vector<Column> columns = {{"HOST", Column::key}, {"STATE", 9}, {"PID", 6, Column::right}, {"UP", 5, Column::right},
                                 {"RESTARTS", 7, Column::right}, {"SERVICES", 4}, {"OWNERS", 3}, {"TROUBLE", 8}};
  const bool cluster = std::ranges::any_of(hosts, [](const node::v1::HostState& host) { return !host.node().empty(); });
  if (cluster) columns.insert(columns.begin() + 2, {"NODE", 8});
  Table table(columns);
  for (const node::v1::HostState& host : hosts) {
    std::vector<Cell> row = {host.host(), {host.state(), tone_of(host.state())}, host.pid() == 0 ? "" : std::to_string(host.pid()),
                             age_of(host), std::to_string(host.restarts()), listed_once(host.services()),
                             listed_once(host.owners()), trouble_of(host)};
    if (cluster) row.insert(row.begin() + 2, host.node());
    table.add(std::move(row));
  }
  table.print();
  std::fflush(stdout);
  say_warnings(hosts);
}

void print_elsewhere(const google::protobuf::RepeatedPtrField<std::string>& nodes) {
  if (nodes.empty()) return;
  std::printf("\nof this node's hosts alone: those of %s tell of themselves, asked there\n", listed_once(nodes).c_str());
}

void say_warnings(const google::protobuf::RepeatedPtrField<node::v1::HostState>& hosts) {
  for (const node::v1::HostState& host : hosts) {
    if (!host.warning().empty()) say("warning: " + host.host() + ": " + host.warning());
  }
}

}  // namespace holon::cli
