// What a node answers: holon.node.v1.Hosts for its hosts, Control for the `holon` program.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "holon/node/v1/node.holon.h"
#include "node/cluster/wishes.h"
#include "node/supervisor.h"

namespace holon::node {

class HostsService final : public v1::Hosts::Service {
 public:
  explicit HostsService(Supervisor& supervisor) : supervisor_(supervisor) {}

  Result<void> Attach(Call& call, const v1::AttachRequest& request, Writer<v1::Directory>& out) override;
  Result<v1::ReadyReply> Ready(Call& call, const v1::ReadyRequest& request) override;
  Result<v1::MayRunReply> MayRun(Call& call, const v1::MayRunRequest& request) override;

 private:
  Supervisor& supervisor_;
};

class ControlService final : public v1::Control::Service {
 public:
  ControlService(env::Environment& world, Deployment& deployment, Supervisor& supervisor)
      : world_(world), deployment_(deployment), supervisor_(supervisor), rolling_(forever_) {}

  /// What Dashboard tells.
  void set_dashboard(std::string link) { dashboard_ = std::move(link); }
  /// This node is one of several: what is wanted of hosts that they share, all of them follow.
  void join(Wishes& wishes) { wishes_ = &wishes; }

  Result<v1::ListReply> List(Call& call, const v1::ListRequest& request) override;
  Result<void> Watch(Call& call, const v1::ListRequest& request, Writer<v1::ListReply>& out) override;
  Result<v1::CallsReply> Calls(Call& call, const v1::CallsRequest& request) override;
  Result<v1::DownReply> Down(Call& call, const v1::DownRequest& request) override;
  Result<v1::DashboardReply> Dashboard(Call& call, const v1::DashboardRequest& request) override;
  Result<v1::ReloadReply> Reload(Call& call, const v1::ReloadRequest& request) override;
  Result<v1::HostsReply> Stop(Call& call, const v1::HostsRequest& request) override;
  Result<v1::HostsReply> Start(Call& call, const v1::HostsRequest& request) override;
  Result<v1::HostsReply> Restart(Call& call, const v1::HostsRequest& request) override;
  Result<v1::HostsReply> Scale(Call& call, const v1::ScaleRequest& request) override;
  Result<void> Events(Call& call, const v1::EventsRequest& request, Writer<v1::Event>& out) override;
  Result<void> Logs(Call& call, const v1::LogsRequest& request, Writer<v1::LogLine>& out) override;
  Result<void> Top(Call& call, const v1::TopRequest& request, Writer<v1::TopReply>& out) override;
  Result<v1::DescribeReply> Describe(Call& call, const v1::DescribeRequest& request) override;
  Result<v1::FindContractReply> FindContract(Call& call, const v1::FindContractRequest& request) override;
  Result<v1::Fault> AddFault(Call& call, const v1::AddFaultRequest& request) override;
  Result<v1::FaultsReply> ListFaults(Call& call, const v1::ListFaultsRequest& request) override;
  Result<v1::FaultsReply> RemoveFaults(Call& call, const v1::RemoveFaultsRequest& request) override;
  Result<v1::ConfigReply> Config(Call& call, const v1::ConfigRequest& request) override;

 private:
  using Replicas = std::vector<std::string>;

  /// Whether all nodes follow what is wanted of it.
  bool of_all_nodes(const std::string& replica) const { return wishes_ != nullptr && supervisor_.shared(replica); }
  Result<Replicas> named(const v1::HostsRequest& request) const;
  Result<void> stop(Call& call, const std::string& replica);
  Result<void> start(Call& call, const std::string& replica);
  Result<void> scale_everywhere(Call& call, const std::string& host, int replicas);
  Result<void> until_all(Call& call, const Replicas& replicas, const std::function<bool(const v1::HostState&)>& settled);
  bool may_not_know_yet(const v1::HostState& host) const;
  Result<void> restart_rolling(Call& call, const Replicas& replicas);
  Result<void> restart_one(Call& call, const std::string& replica);
  v1::HostsReply states(const Replicas& replicas) const;

  env::Environment& world_;
  Deployment& deployment_;
  Supervisor& supervisor_;
  internal::RootCall forever_{Deadline::max()};
  TaskGroup rolling_;  ///< restarts that nobody waits for
  std::string dashboard_;
  Wishes* wishes_ = nullptr;  ///< null: this node is alone
};

}  // namespace holon::node
