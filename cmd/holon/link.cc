#include "cmd/holon/link.h"

#include <google/protobuf/util/json_util.h>

#include <cstdio>

#include "env/disk.h"
#include "env/environment.h"
#include "node/deployment.h"

namespace holon::cli {
namespace {

constexpr auto node_answers_within = std::chrono::seconds(2);

std::string place_of(const std::filesystem::path& file) { return node::folder_of(file).path().parent_path().string(); }

/// Of whom the socket is left.
Error no_node_any_more(const std::filesystem::path& file) {
  return unavailable("the node in " + place_of(file) + " ends or was killed; if hosts run on, `holon up` takes them over, `holon "
                     "down` ends them");
}

}  // namespace

NodeLink::NodeLink(const std::filesystem::path& file)
    : file_(file), client_(node::folder_of(file).node_address()), control_(client_) {}

Result<node::v1::ListReply> NodeLink::list() {
  if (!has_node(file_)) return no_node(file_);
  auto call = client_.call(node_answers_within);
  Result<node::v1::ListReply> list = control_->List(*call, {});
  if (list.code() == Code::deadline_exceeded) return unavailable(node::folder_of(file_).holder(env::os().disk()));
  if (!list.ok()) return explained(list.error());
  return list;
}

Error NodeLink::explained(const Error& why) const {
  if (why.code() == Code::unavailable) return has_node(file_) ? no_node_any_more(file_) : no_node(file_);
  if (why.code() != Code::unimplemented) return why;
  return unimplemented("the node that runs here is older than this program; `holon down` and `holon up` start one of its kind");
}

bool has_node(const std::filesystem::path& file) {
  return env::os().disk().size(node::folder_of(file).socket("node")).ok();
}

Error no_node(const std::filesystem::path& file) {
  return unavailable("no application runs in " + place_of(file) + "; `holon up` starts one, --file FILE names another");
}

std::string runs_already(const node::v1::ListReply& list) {
  return list.app() + " runs here already, placement " + list.placement() + ", node pid " + std::to_string(list.pid()) +
         (list.gateway().empty() ? "" : ": " + list.gateway()) + "; `holon down` stops it";
}

bool print_json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  std::printf("%s\n", json.c_str());
  return std::fflush(stdout) == 0;
}

}  // namespace holon::cli
