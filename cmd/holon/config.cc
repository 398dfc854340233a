// `holon config`: the manifest as the node runs by it.
#include <yaml-cpp/yaml.h>

#include <cstdio>
#include <regex>

#include "cmd/holon/link.h"
#include "cmd/holon/session.h"
#include "cmd/holon/verbs.h"
#include "contract/json.h"
#include "node/manifest_keys.h"

namespace holon::cli {
namespace {

/// Of YAML's core schema, what JSON writes in the same way; all else is text.
std::string json_of(const YAML::Node& node) {
  static const std::regex same("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  if (node.IsNull()) return "null";
  if (node.IsScalar()) {
    const bool plain = node.Tag() == "?";
    return plain && std::regex_match(node.Scalar(), same) ? node.Scalar() : contract::json_quote(node.Scalar());
  }
  std::string text;
  for (const auto& part : node) {
    text += text.empty() ? "" : ",";
    text += node.IsMap() ? contract::json_quote(part.first.Scalar()) + ":" + json_of(part.second) : json_of(part);
  }
  return node.IsMap() ? "{" + text + "}" : "[" + text + "]";
}

Result<std::string> yaml_of_file(const ConfigOptions& options) {
  node::DeploymentOptions what;
  what.file = options.file;
  what.overlays = options.overlays;
  return node::resolve(env::os(), what);
}

Result<std::string> yaml_of_node(Session& session, const ConfigOptions& options) {
  const node::v1::ConfigReply reply = HOLON_TRY(ask_node(session, options.file, std::chrono::seconds(5),
                                                         [](NodeLink& node, Call& call) { return node->Config(call, {}); }));
  return reply.yaml();
}

}  // namespace

int config(const ConfigOptions& options) {
  if (options.schema) {
    std::fputs(node::manifest_schema().c_str(), stdout);
    return succeeded;
  }
  Session session;
  const bool file = options.check || !options.overlays.empty() || !has_node(options.file);
  const Result<std::string> yaml = file ? yaml_of_file(options) : yaml_of_node(session, options);
  if (!yaml.ok()) return session.fail(yaml.error());
  if (options.json) {
    std::printf("%s\n", json_of(YAML::Load(*yaml)).c_str());
  } else {
    std::fputs(yaml->c_str(), stdout);
  }
  return succeeded;
}

}  // namespace holon::cli
