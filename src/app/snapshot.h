// The service that every host serves beside its own: what it has counted.
#pragma once

#include <string>

#include "client/pool.h"
#include "env/environment.h"
#include "holon/node/v1/node.holon.h"

namespace holon::app {

class HostService final : public node::v1::Host::Service {
 public:
  /// @param pools  by which the host calls others, which it tells of; null if it calls nobody
  HostService(env::Environment& environment, std::string host, client::Pools* pools = nullptr)
      : environment_(environment), host_(std::move(host)), pools_(pools) {}

  Result<node::v1::SnapshotReply> Snapshot(Call&, const node::v1::SnapshotRequest&) override;
  Result<node::v1::LoadReply> Load(Call&, const node::v1::LoadRequest& request) override;

 private:
  env::Environment& environment_;
  std::string host_;
  client::Pools* pools_;
};

}  // namespace holon::app
