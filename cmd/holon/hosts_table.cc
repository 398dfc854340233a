#include "cmd/holon/hosts_table.h"

#include <set>

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
  Table table({{"HOST", Column::key}, {"STATE", 9}, {"NODE", 8}, {"PID", 6, Column::right}, {"UP", 5, Column::right},
               {"RESTARTS", 7, Column::right}, {"SERVICES", 4}, {"OWNERS", 3}, {"TROUBLE", 8}});
  for (const node::v1::HostState& host : hosts) {
    table.add({host.host(), {host.state(), tone_of(host.state())}, host.node(), host.pid() == 0 ? "" : std::to_string(host.pid()),
               age_of(host), std::to_string(host.restarts()), listed_once(host.services()), listed_once(host.owners()),
               trouble_of(host)});
  }
  table.print();
  std::fflush(stdout);
  say_warnings(hosts);
}

void say_warnings(const google::protobuf::RepeatedPtrField<node::v1::HostState>& hosts) {
  for (const node::v1::HostState& host : hosts) {
    if (!host.warning().empty()) say("warning: " + host.host() + ": " + host.warning());
  }
}

}  // namespace holon::cli
