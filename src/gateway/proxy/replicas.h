// Replicas: the ready replicas of a service that speaks plain HTTP, as the node's directory has them at each moment. Who starts
// anew or is added gets requests; who ends gets none. While there is none, requests wait for one, as calls by gRPC do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/pool.h"
#include "gateway/proxy/upstreams.h"

namespace holon::gateway {

class Replicas final : public Upstreams {
 public:
  /// @param service  its name in holon.yaml
  /// @param pools    outlive it; know the directory
  /// @param loops    all that serve
  Replicas(std::string_view service, client::Pools& pools, const std::vector<fiber::Loop*>& loops);

  Result<Servers> in_turn(Call& call) override;
  bool another_turn(Call& call, env::Time began) override;
  bool has_others() const override { return true; }

 private:
  /// What one loop has: it shares nothing with the others.
  struct alignas(64) Share {
    std::shared_ptr<const client::Endpoints> known;  ///< that `servers` are made of
    Servers servers;
    std::size_t next = 0;
  };
  Servers servers_of(const client::Endpoints& known, const Servers& before) const;

  const std::string name_;  ///< in the directory
  client::Pools& pools_;
  std::vector<Share> shares_;  ///< by the loop's index
};

}  // namespace holon::gateway
