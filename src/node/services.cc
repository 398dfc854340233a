#include "node/services.h"

#include "node/reload.h"
#include "node/snapshots.h"

namespace holon::node {

Result<void> HostsService::Attach(Call& call, const v1::AttachRequest& request, Writer<v1::Directory>& out) {
  HOLON_TRY(supervisor_.attached(request));
  std::uint64_t sent = 0;
  for (bool first = true;; first = false) {
    std::uint64_t seen = supervisor_.changes().count();
    v1::Directory directory = supervisor_.directory();
    if (first || directory.version() != sent) HOLON_TRY(out.write(directory));
    sent = directory.version();
    HOLON_TRY(supervisor_.changes().wait(call, seen));
  }
}

Result<v1::ReadyReply> HostsService::Ready(Call&, const v1::ReadyRequest& request) {
  HOLON_TRY(supervisor_.ready(request.host(), request.pid()));
  return v1::ReadyReply();
}

Result<v1::MayRunReply> HostsService::MayRun(Call&, const v1::MayRunRequest& request) {
  v1::MayRunReply reply;
  reply.set_for_ms(std::chrono::duration_cast<std::chrono::milliseconds>(supervisor_.may_run_for(request)).count());
  return reply;
}

Result<v1::ListReply> ControlService::List(Call&, const v1::ListRequest&) { return supervisor_.list(); }

Result<void> ControlService::Watch(Call& call, const v1::ListRequest&, Writer<v1::ListReply>& out) {
  for (;;) {
    std::uint64_t seen = supervisor_.changes().count();
    HOLON_TRY(out.write(supervisor_.list()));
    if (supervisor_.stopped()) return {};
    HOLON_TRY(supervisor_.changes().wait(call, seen));
  }
}

Result<v1::CallsReply> ControlService::Calls(Call& call, const v1::CallsRequest&) {
  v1::CallsReply reply;
  for (auto& [host, snapshot] : take_snapshots(call, supervisor_)) *reply.add_hosts() = std::move(snapshot);
  HOLON_TRY(call.check());
  for (const std::string& node : supervisor_.other_nodes()) reply.add_elsewhere(node);
  return reply;
}

Result<v1::DashboardReply> ControlService::Dashboard(Call&, const v1::DashboardRequest&) {
  v1::DashboardReply reply;
  reply.set_link(dashboard_);
  return reply;
}

Result<v1::ReloadReply> ControlService::Reload(Call& call, const v1::ReloadRequest&) {
  return reload(call, world_, deployment_, supervisor_);
}

Result<v1::DownReply> ControlService::Down(Call& call, const v1::DownRequest&) {
  supervisor_.stop();
  while (!supervisor_.stopped()) HOLON_TRY(supervisor_.changes().wait(call, supervisor_.changes().count()));
  return v1::DownReply();
}

}  // namespace holon::node
