#include "node/cluster/wishes.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "fiber/loop.h"
#include "holon/node/v1/cluster.pb.h"
#include "holon/task.h"

namespace holon::node {
namespace {

constexpr std::chrono::seconds write_within{5};
constexpr std::chrono::milliseconds write_again_after{100};
constexpr std::string_view scale_kind = "scale";
constexpr std::string_view stopped_kind = "stopped";

}  // namespace

Wishes::Wishes(Registry& registry, const std::string& app, std::string node)
    : registry_(registry),
      prefix_("/holon/" + app + "/"),
      node_(std::move(node)),
      json_(*v1::ScaleRecord::descriptor()->file()->pool()) {}

Result<void> Wishes::scale(Call& call, const std::string& host, int replicas) {
  v1::ScaleRecord record;
  record.set_replicas(replicas);
  return write(call, scale_kind, host, record);
}

Result<void> Wishes::unscale(Call& call, const std::string& host) { return scale(call, host, 0); }

Result<void> Wishes::stop(Call& call, const std::string& replica) {
  v1::StopRecord record;
  record.set_node(node_);
  return write(call, stopped_kind, replica, record);
}

Result<void> Wishes::start(Call& call, const std::string& replica) {
  v1::StopRecord record;
  record.set_node(node_);
  record.set_started(true);
  return write(call, stopped_kind, replica, record);
}

Result<void> Wishes::write(Call& call, std::string_view kind, const std::string& name, const google::protobuf::Message& record) {
  const fiber::Loop& loop = *fiber::Loop::current();
  const env::Time until = std::min<env::Time>(call.deadline(), loop.now() + write_within);
  const std::string key = prefix_ + std::string(kind) + "/" + name;
  const std::string text = HOLON_TRY(json_.print(record));
  for (;;) {
    const Result<void> written = registry_.keep(call, key, text);
    const Code code = written.code();
    const bool may_pass = code == Code::unavailable || code == Code::deadline_exceeded || code == Code::aborted;
    if (!may_pass || loop.now() + write_again_after >= until) return written;
    HOLON_TRY(sleep(call, write_again_after));
  }
}

void Wishes::read(const contract::Json& json, std::string_view kind, const std::string& name, const std::string& value,
                  ClusterView& view) {
  v1::StopRecord stop;
  v1::ScaleRecord scale;
  if (kind == stopped_kind && json.parse(value, stop).ok() && !stop.started()) view.stopped.insert(name);
  if (kind == scale_kind && json.parse(value, scale).ok() && scale.replicas() > 0) view.scale[name] = scale.replicas();
}

}  // namespace holon::node
