#include "gateway/attachment.h"

#include <algorithm>

#include "env/process.h"
#include "holon/log.h"
#include "holon/task.h"
#include "telemetry/metrics.h"

namespace holon::gateway {
namespace {

using node::v1::Hosts;

constexpr std::chrono::milliseconds shortest_pause{50};
constexpr std::chrono::milliseconds longest_pause{2000};
constexpr std::chrono::seconds ready_timeout{5};

client::Endpoints endpoints_of(const node::v1::Directory& directory) {
  client::Endpoints endpoints;
  endpoints.may_grow = true;
  for (const auto& service : directory.services()) {
    std::vector<env::Address>& addresses = endpoints.services[service.service()];
    for (const std::string& text : service.endpoints()) {
      if (auto address = env::Address::parse(text); address.ok()) {
        addresses.push_back(*std::move(address));
      } else {
        log::write(log::Level::warning, "the directory has an endpoint that is no address", {{"service", service.service()}, {"endpoint", text}});
      }
    }
  }
  return endpoints;
}

internal::Binding binding_to_node() {
  internal::Binding binding;
  binding.callee = &Hosts::info();
  for (const internal::MethodInfo& method : Hosts::info().methods) {
    const auto edge = telemetry::metrics().add_edge({telemetry::Way::remote, {}, std::string(method.name)});
    if (&method == Hosts::info().methods.data()) binding.first_edge = edge;
  }
  return binding;
}

}  // namespace

Attachment::Attachment(fiber::Loop& loop, const env::Address& node, std::string host, client::Pools& pools)
    : loop_(loop), host_(std::move(host)), pools_(pools), node_pools_({&loop}), binding_(binding_to_node()), channel_(node_pools_, binding_) {
  binding_.channel = &channel_;
  client::Endpoints endpoints;
  endpoints.everything = {node};
  node_pools_.update(std::move(endpoints));
  client::Endpoints unknown;
  unknown.may_grow = true;  // a call that comes before the first directory waits for it
  pools_.update(std::move(unknown));
}

void Attachment::start() {
  running_ = true;
  loop_.spawn([this] { run(); });
}

void Attachment::stop() {
  call_.cancel();
  if (running_) ended_.wait();
}

void Attachment::run() {
  std::chrono::milliseconds pause = shortest_pause;
  while (!call_.cancelled()) {
    told_ = false;
    const Result<void> followed = follow();
    if (call_.cancelled()) break;
    pause = told_ ? shortest_pause : std::min(pause * 2, longest_pause);
    log::write(log::Level::warning, "the node is gone; attaching again",
               {{"cause", followed.ok() ? std::string("it ended the stream") : followed.error().to_string()}});
    if (!sleep(call_, pause).ok()) break;
  }
  running_ = false;
  ended_.wake();
}

/// One attachment, to its end.
Result<void> Attachment::follow() {
  const Hosts::Client node(binding_);
  const int pid = loop_.environment().processes().self().pid;
  node::v1::AttachRequest attach;
  attach.set_host(host_);
  attach.set_pid(pid);
  attach.set_ready(ready_);
  auto directories = node.Attach(call_, attach);
  while (auto directory = HOLON_TRY(directories.next())) {
    told_ = true;
    pools_.update(endpoints_of(*directory));
    if (ready_) continue;
    node::v1::ReadyRequest ready;
    ready.set_host(host_);
    ready.set_pid(pid);
    internal::RootCall call(loop_.now() + ready_timeout);
    HOLON_TRY(node.Ready(call, ready));
    ready_ = true;
  }
  return {};
}

}  // namespace holon::gateway
