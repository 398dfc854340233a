// Replicas: the ready replicas of a service that speaks plain HTTP, as the node's directory has them at each moment. Who starts
// anew or is added gets requests; who ends gets none. While there is none, requests wait for one, as calls by gRPC do.
#pragma once

#include <string>

#include "gateway/config.h"
#include "gateway/proxy/upstreams.h"

namespace holon::gateway {

class Replicas final : public Upstreams, public client::KnowledgeSource {
 public:
  /// @param to     names the service
  /// @param pools  know the directory, too
  Replicas(const ToHttp& to, client::HttpClient& http, client::Pools& pools, const std::vector<fiber::Loop*>& loops);

  bool another_turn(Call& call, env::Time began) override;
  bool has_others() const override { return true; }
  void tell(client::Knowledge& knowledge) const override;

 private:
  Result<void> learn(Call& call, Share& share) override;
  void heed(Share& share, const std::shared_ptr<const client::SaidOfServices>& all);

  const std::string caller_, service_;
  const std::string name_;  ///< of the service, in the directory
};

}  // namespace holon::gateway
