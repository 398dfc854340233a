#include "cmd/holon/fault_table.h"
#include "cmd/holon/hosts_table.h"
#include "cmd/holon/link.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

bool print(const node::v1::ListReply& list, bool json) {
  if (json) return print_json(list);
  std::printf("%s, placement %s%s%s%s, node pid %d\n", list.app().c_str(), list.placement().c_str(),
              list.strict() ? ", strict" : "", list.gateway().empty() ? "" : ", ", list.gateway().c_str(), list.pid());
  print_fault_warning(list.faults());
  print_hosts(list.hosts());
  return std::fflush(stdout) == 0;
}

int watch(const PsOptions& options) {
  Session session;
  if (!has_node(options.file)) return session.fail(no_node(options.file));
  NodeLink node(options.file);
  return each_message(session, node, node->Watch(session.call(std::nullopt), {}), [&](const node::v1::ListReply& list) {
    if (!options.json) begin_screen();
    return print(list, options.json);
  });
}

}  // namespace

int ps(const PsOptions& options) {
  if (options.watch) return watch(options);
  Result<node::v1::ListReply> list = NodeLink(options.file).list();
  if (!list.ok()) {
    say(list.error().message());
    return failed;
  }
  return print(*list, options.json) ? succeeded : failed;
}

}  // namespace holon::cli
