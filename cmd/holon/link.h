// The node of an application, as the verbs call it.
#pragma once

#include <chrono>
#include <filesystem>
#include <utility>

#include "cmd/holon/session.h"
#include "cmd/holon/verbs.h"
#include "holon/client.h"
#include "holon/node/v1/node.holon.h"

namespace holon::cli {

class NodeLink {
 public:
  /// Of the application whose holon.yaml this is.
  explicit NodeLink(const std::filesystem::path& file);

  const node::v1::Control::Client& operator*() const { return *control_; }
  const node::v1::Control::Client* operator->() const { return control_.operator->(); }
  std::unique_ptr<Call, void (*)(Call*)> call(std::chrono::nanoseconds timeout) { return client_.call(timeout); }

  /// What runs. UNAVAILABLE, in words for people, if no node does.
  Result<node::v1::ListReply> list();
  /// What the node gave instead of a reply, in words for people.
  Error explained(const Error& why) const;

 private:
  std::filesystem::path file_;
  Client client_;
  Ref<node::v1::Control> control_;
};

/// Whether a node's socket is there at all: if not, no node runs.
bool has_node(const std::filesystem::path& file);
/// "no application runs here (…)"
Error no_node(const std::filesystem::path& file);

/// Asks the node once: `ask(NodeLink&, Call&)` gives a Result, whose error comes back in words for people.
template <class Ask>
auto ask_node(Session& session, const std::filesystem::path& file, std::chrono::nanoseconds within, Ask ask)
    -> decltype(ask(std::declval<NodeLink&>(), std::declval<Call&>())) {
  if (!has_node(file)) return no_node(file);
  NodeLink node(file);
  auto reply = ask(node, session.call(within));
  if (!reply.ok()) return node.explained(reply.error());
  return reply;
}

/// Hands each message of a stream to `show`, which tells whether somebody still reads. Gives the exit code.
template <class T, class Show>
int each_message(const Session& session, const NodeLink& node, Reader<T> stream, Show show) {
  for (;;) {
    Result<std::optional<T>> next = stream.next();
    if (!next.ok()) return session.fail(node.explained(next.error()));
    if (!*next) return succeeded;
    if (!show(**next)) return failed;
  }
}

/// "shop runs here already, …"
std::string runs_already(const node::v1::ListReply& list);

/// A message as JSON on one line of standard output, with the contract's names. False if nobody reads it.
bool print_json(const google::protobuf::Message& message);

}  // namespace holon::cli
