// The service that every host serves beside its own: what it has counted.
#pragma once

#include <string>

#include "env/environment.h"
#include "holon/node/v1/node.holon.h"

namespace holon::app {

class HostService final : public node::v1::Host::Service {
 public:
  HostService(env::Environment& environment, std::string host) : environment_(environment), host_(std::move(host)) {}

  Result<node::v1::SnapshotReply> Snapshot(Call&, const node::v1::SnapshotRequest&) override;

 private:
  env::Environment& environment_;
  std::string host_;
};

}  // namespace holon::app
