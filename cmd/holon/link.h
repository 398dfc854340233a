// The node of an application, as the verbs call it.
#pragma once

#include <chrono>
#include <filesystem>

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

 private:
  std::filesystem::path file_;
  Client client_;
  Ref<node::v1::Control> control_;
};

/// Whether a node's socket is there at all: if not, no node runs.
bool has_node(const std::filesystem::path& file);
/// "no application runs here (…)"
Error no_node(const std::filesystem::path& file);

/// "shop runs here already, …"
std::string runs_already(const node::v1::ListReply& list);

/// A message as JSON on one line of standard output, with the contract's names.
void print_json(const google::protobuf::Message& message);

}  // namespace holon::cli
