// What a node answers: holon.node.v1.Hosts for its hosts, Control for the `holon` program.
#pragma once

#include "holon/node/v1/node.holon.h"
#include "node/supervisor.h"

namespace holon::node {

class HostsService final : public v1::Hosts::Service {
 public:
  explicit HostsService(Supervisor& supervisor) : supervisor_(supervisor) {}

  Result<void> Attach(Call& call, const v1::AttachRequest& request, Writer<v1::Directory>& out) override;
  Result<v1::ReadyReply> Ready(Call& call, const v1::ReadyRequest& request) override;

 private:
  Supervisor& supervisor_;
};

class ControlService final : public v1::Control::Service {
 public:
  ControlService(env::Environment& world, const Deployment& deployment, Supervisor& supervisor)
      : world_(world), deployment_(deployment), supervisor_(supervisor) {}

  Result<v1::ListReply> List(Call& call, const v1::ListRequest& request) override;
  Result<void> Watch(Call& call, const v1::ListRequest& request, Writer<v1::ListReply>& out) override;
  Result<v1::CallsReply> Calls(Call& call, const v1::CallsRequest& request) override;
  Result<v1::DownReply> Down(Call& call, const v1::DownRequest& request) override;
  Result<v1::ReloadReply> Reload(Call& call, const v1::ReloadRequest& request) override;

 private:
  env::Environment& world_;
  const Deployment& deployment_;
  Supervisor& supervisor_;
};

}  // namespace holon::node
