#include "cmd/holon/link.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "contract/json.h"

namespace holon::cli {
namespace {

constexpr auto reload_within = std::chrono::seconds(15);

Result<void> tell_reload(const std::filesystem::path& file) {
  NodeLink node(file);
  auto call = node.call(reload_within);
  HOLON_TRY(node->Reload(*call, {}));
  return {};
}

}  // namespace

int reload(const NodeOptions& options) {
  Result<node::v1::ListReply> list = NodeLink(options.file).list();
  if (!list.ok()) {
    say(list.error().message());
    return failed;
  }
  if (Result<void> told = tell_reload(options.file); !told.ok()) {
    say(told.error().message());
    return failed;
  }
  if (options.json) std::printf("{\"app\":%s}\n", contract::json_quote(list->app()).c_str());
  say(list->app() + ": the gateway goes by " + options.file.string() + " as it is now");
  return succeeded;
}

}  // namespace holon::cli
