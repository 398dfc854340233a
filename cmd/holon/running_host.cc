#include "cmd/holon/running_host.h"

#include <set>

#include "cmd/holon/link.h"
#include "cmd/holon/terminal.h"
#include "config/suggest.h"

namespace holon::cli {
namespace {

bool is_meant(const node::v1::HostState& host, const std::string& name) {
  return host.host() == name || host.host().substr(0, host.host().rfind('.')) == name;
}

Result<node::v1::HostState> pick(const node::v1::ListReply& list, const std::string& name) {
  const node::v1::HostState* found = nullptr;
  bool known = false;
  std::set<std::string> names;
  for (const node::v1::HostState& host : list.hosts()) {
    names.insert(name.find('.') == name.npos ? host.host().substr(0, host.host().rfind('.')) : host.host());
    if (!is_meant(host, name)) continue;
    known = true;
    if (host.pid() != 0 && (found == nullptr || (host.state() == "ready" && found->state() != "ready"))) found = &host;
  }
  if (found != nullptr) return *found;
  if (!known) return not_found("there is no host " + name + config::suggestion(name, {names.begin(), names.end()}));
  return failed_precondition("no process of " + name + " runs; `holon ps` tells more, `holon start " + name + "` starts it");
}

}  // namespace

Result<node::v1::HostState> running_host(const std::filesystem::path& file, const std::string& name) {
  return pick(HOLON_TRY(NodeLink(file).list()), name);
}

std::filesystem::path process_file(const node::v1::HostState& host, const char* name) {
  return std::filesystem::path("/proc") / std::to_string(host.pid()) / name;
}

Result<std::filesystem::path> process_link(const node::v1::HostState& host, const char* name) {
  std::error_code failed;
  std::filesystem::path target = std::filesystem::read_symlink(process_file(host, name), failed);
  if (failed) return unavailable("cannot look at process " + std::to_string(host.pid()) + ": " + failed.message());
  return target;
}

int say_failed(const Error& why) {
  say(why.message());
  return why.code() == Code::not_found || why.code() == Code::invalid_argument ? misused : failed;
}

}  // namespace holon::cli
