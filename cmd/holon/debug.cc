// `holon debug`: how to attach a debugger to a host.
#include "cmd/holon/running_host.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "contract/json.h"
#include "env/disk.h"

namespace holon::cli {
namespace {

struct Attach {
  std::string program;
  std::vector<std::string> commands;
};

Result<Attach> attach_to(const node::v1::HostState& host) {
  const std::string pid = std::to_string(host.pid());
  const std::filesystem::path program = HOLON_TRY(process_link(host, "exe"));
  Attach how{.program = program.string(), .commands = {}};
  const std::string name = program.filename();
  if (name.starts_with("node")) {
    how.commands = {"node inspect -p " + pid};
  } else if (name.starts_with("python")) {
    how.commands = {"python3 -m debugpy --listen 127.0.0.1:5678 --pid " + pid, "gdb -p " + pid};
  } else {
    how.commands = {"gdb -p " + pid, "lldb -p " + pid};
    if (host.kind() == "command") how.commands.push_back("dlv attach " + pid);
  }
  return how;
}

/// Yama's rule: 0 lets a user debug all processes of its own, 1 only its children, higher ones nobody but root.
std::string ptrace_rule() {
  const std::string scope = env::os().disk().read("/proc/sys/kernel/yama/ptrace_scope").value_or("0");
  return scope.substr(0, 1) == "0" ? "" : "this machine lets nobody but root attach to what runs already: begin with sudo, or "
                                          "`sysctl kernel.yama.ptrace_scope=0`";
}

std::string json_of(const node::v1::HostState& host, const Attach& how) {
  std::string commands;
  for (const std::string& command : how.commands) commands += (commands.empty() ? "" : ",") + contract::json_quote(command);
  return "{\"host\":" + contract::json_quote(host.host()) + ",\"pid\":" + std::to_string(host.pid()) +
         ",\"program\":" + contract::json_quote(how.program) + ",\"commands\":[" + commands + "]}";
}

}  // namespace

int debug(const DebugOptions& options) {
  Result<node::v1::HostState> host = running_host(options.file, options.name);
  if (!host.ok()) return say_failed(host.error());
  Result<Attach> how = attach_to(*host);
  if (!how.ok()) return say_failed(how.error());
  if (options.json) {
    std::printf("%s\n", json_of(*host, *how).c_str());
    return succeeded;
  }
  say(host->host() + " is process " + std::to_string(host->pid()) + ", " + how->program + "; attach one of:");
  for (const std::string& command : how->commands) std::printf("%s\n", command.c_str());
  if (const std::string rule = ptrace_rule(); !rule.empty()) say(rule);
  return succeeded;
}

}  // namespace holon::cli
