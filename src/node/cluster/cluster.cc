#include "node/cluster/cluster.h"

#include <set>
#include <utility>

namespace holon::node {

Result<std::unique_ptr<Cluster>> Cluster::prepare(fiber::Loop& loop, const Deployment& deployment,
                                                  std::function<void(const std::string&)> say) {
  crypto::Authority authority = HOLON_TRY(crypto::Authority::load(loop.environment(), deployment.cluster->authority));
  const std::shared_ptr<crypto::ClientTls> tls = HOLON_TRY(deployment.cluster->etcd.load_tls(loop.environment()));
  std::unique_ptr<Cluster> cluster(new Cluster(loop, deployment, std::move(authority), tls, std::move(say)));
  HOLON_TRY(cluster->certify());
  return cluster;
}

Cluster::Cluster(fiber::Loop& loop, const Deployment& deployment, crypto::Authority authority,
                 const std::shared_ptr<crypto::ClientTls>& tls, std::function<void(const std::string&)> say)
    : loop_(loop),
      deployment_(deployment),
      say_(std::move(say)),
      identities_(loop.environment(), std::move(authority), deployment.app, deployment.folder.identity()),
      renewal_([this] { renew(); }),
      etcd_(loop, deployment.cluster->etcd, tls),
      wishes_(etcd_, deployment.app, deployment.cluster->node) {}

/// All that call or are called.
Result<void> Cluster::certify() {
  std::set<std::string> hosts = {"gateway", "outlet"};
  for (const HostPlan& plan : deployment_.hosts) {
    if (plan.host.command.empty()) hosts.insert(plan.host.name);
  }
  for (const std::string& host : hosts) HOLON_TRY(identities_.provide(host));
  renew();
  return {};
}

void Cluster::renew() {
  renewal_.start(loop_.environment().now() + identities_.renew());
  if (trouble_ == identities_.trouble()) return;
  trouble_ = identities_.trouble();
  if (!trouble_.empty()) say_(trouble_);
}

void Cluster::join(Members& members) {
  membership_ = std::make_unique<Membership>(loop_, deployment_.app, *deployment_.cluster, etcd_, members, say_);
}

void Cluster::leave() {
  if (membership_) membership_->leave();
}

}  // namespace holon::node
