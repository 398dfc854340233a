#include "cmd/holon/progress.h"

#include <algorithm>

#include "cmd/holon/terminal.h"
#include "env/disk.h"
#include "node/log_file.h"

namespace holon::cli {
namespace {

long count_in(const node::v1::ListReply& list, std::string_view state) {
  return std::ranges::count_if(list.hosts(), [&](const node::v1::HostState& host) { return host.state() == state; });
}

}  // namespace

void Progress::show(const node::v1::ListReply& list) {
  const Paint paint(stderr);
  if (!announced_) {
    say(list.app() + ": starting " + std::to_string(list.hosts_size()) + (list.hosts_size() == 1 ? " host" : " hosts") +
        ", placement " + list.placement() + (list.strict() ? ", strict" : ""));
    announced_ = true;
  }
  if (!up_ && count_in(list, "ready") == list.hosts_size()) {
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(env::os().now() - began_).count();
    std::string where = list.gateway().empty() ? "" : ": " + list.gateway();
    say(paint.bold(list.app() + " is up in " + std::to_string(took) + " ms" + where));
    up_ = true;
  }
}

std::string trouble(const node::v1::HostState& host) {
  std::string text = host.host() + " does not start: " + host.cause() + "; the end of " + host.log() + ":";
  for (const std::string& line : node::last_lines(env::os().disk(), host.log(), 10)) text += "\n    " + line;
  return text;
}

}  // namespace holon::cli
