#include "cmd/holon/link.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "env/environment.h"

namespace holon::cli {
namespace {

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (word.empty() || (", " + text + ", ").find(", " + word + ", ") != std::string::npos) continue;
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::string age_of(const node::v1::HostState& host) {
  if (host.pid() == 0) return "";
  auto now = std::chrono::duration_cast<std::chrono::milliseconds>(env::os().wall().time_since_epoch()).count();
  return age_text((now - host.started_unix_ms()) / 1000);
}

void print(const node::v1::ListReply& list) {
  std::printf("%s, placement %s%s%s%s, node pid %d\n", list.app().c_str(), list.placement().c_str(),
              list.strict() ? ", strict" : "", list.gateway().empty() ? "" : ", ", list.gateway().c_str(), list.pid());
  Table table({"HOST", "STATE", "PID", "UP", "RESTARTS", "SERVICES", "OWNERS", "LAST END"});
  for (const node::v1::HostState& host : list.hosts()) {
    table.add({host.host(), host.state(), host.pid() == 0 ? "" : std::to_string(host.pid()), age_of(host),
               std::to_string(host.restarts()), joined(host.services()), joined(host.owners()), host.cause()});
  }
  table.print({2, 3, 4});
}

}  // namespace

int ps(const PsOptions& options) {
  Result<node::v1::ListReply> list = NodeLink(options.file).list();
  if (!list.ok()) {
    say(list.error().message());
    return failed;
  }
  if (options.json) {
    print_json(*list);
  } else {
    print(*list);
  }
  return succeeded;
}

}  // namespace holon::cli
