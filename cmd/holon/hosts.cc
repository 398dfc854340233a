// `holon stop`, `start`, `restart` and `scale`: the node is told, and answers with the hosts as they are then.
#include <charconv>

#include "cmd/holon/hosts_table.h"
#include "cmd/holon/link.h"
#include "cmd/holon/session.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

/// Sends what `ask(node, call)` sends, and shows what comes back.
template <class Ask>
int tell_hosts(const HostsOptions& options, Session& session, Ask ask) {
  const auto within = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(options.timeout_s));
  Result<node::v1::HostsReply> reply = ask_node(session, options.file, within, ask);
  if (!reply.ok()) return session.fail(reply.error());
  if (options.json) return print_json(*reply) ? succeeded : failed;
  print_hosts(reply->hosts());
  return succeeded;
}

node::v1::HostsRequest request_of(const HostsOptions& options) {
  node::v1::HostsRequest request;
  request.mutable_names()->Assign(options.names.begin(), options.names.end());
  request.set_wait(!options.no_wait);
  return request;
}

/// INVALID_ARGUMENT for what is not written as "cart=3".
Result<node::v1::ScaleRequest> scale_request(const HostsOptions& options) {
  node::v1::ScaleRequest request;
  request.set_wait(!options.no_wait);
  for (const std::string& text : options.names) {
    const std::size_t equals = text.find('=');
    int count = 0;
    const char* const from = text.data() + std::min(equals, text.size() - 1) + 1;
    const char* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(from, end, count);
    if (equals == text.npos || equals == 0 || error != std::errc() || read != end) {
      return invalid_argument(text + ": write HOST=REPLICAS, as cart=3");
    }
    const auto [place, added] = request.mutable_replicas()->insert({text.substr(0, equals), count});
    if (!added) return invalid_argument(text + ": " + place->first + " is named twice");
  }
  return request;
}

}  // namespace

int stop(const HostsOptions& options) {
  Session session;
  return tell_hosts(options, session, [&](NodeLink& node, Call& call) { return node->Stop(call, request_of(options)); });
}

int start(const HostsOptions& options) {
  Session session;
  return tell_hosts(options, session, [&](NodeLink& node, Call& call) { return node->Start(call, request_of(options)); });
}

int restart(const HostsOptions& options) {
  Session session;
  return tell_hosts(options, session, [&](NodeLink& node, Call& call) { return node->Restart(call, request_of(options)); });
}

int scale(const HostsOptions& options) {
  Session session;
  Result<node::v1::ScaleRequest> request = scale_request(options);
  if (!request.ok()) return session.fail(request.error());
  return tell_hosts(options, session, [&](NodeLink& node, Call& call) { return node->Scale(call, *request); });
}

}  // namespace holon::cli
