// Cluster: all that makes a node one of several: the certificates of its hosts, and its membership, kept in etcd.
//
//   auto cluster = TRY(Cluster::prepare(loop, deployment, say));   // before any host starts
//   cluster->join(supervisor);                                     // when the node's own hosts have begun
//   cluster->leave();                                              // when they have ended
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fiber/loop.h"
#include "node/cluster/etcd.h"
#include "node/cluster/membership.h"
#include "node/cluster/wishes.h"
#include "node/deployment.h"
#include "node/identities.h"

namespace holon::node {

class Cluster {
 public:
  /// Certifies the hosts. The error is the authority's, or that of the certificates for etcd.
  /// @param deployment  of a node that is one of several; outlives this
  /// @param say         told, for people, what happens
  static Result<std::unique_ptr<Cluster>> prepare(fiber::Loop& loop, const Deployment& deployment,
                                                  std::function<void(const std::string&)> say);

  /// @param members  its hosts; they outlive this
  void join(Members& members);
  /// On a fiber; within a second.
  void leave();
  /// What people want of all its nodes.
  Wishes& wishes() { return wishes_; }

 private:
  Cluster(fiber::Loop& loop, const Deployment& deployment, crypto::Authority authority,
          const std::shared_ptr<crypto::ClientTls>& tls, std::function<void(const std::string&)> say);
  Result<void> certify();
  void renew();

  fiber::Loop& loop_;
  const Deployment& deployment_;
  std::function<void(const std::string&)> say_;
  Identities identities_;
  fiber::Timer renewal_;
  std::string trouble_;  ///< of the renewal, as it was said last
  Etcd etcd_;
  Wishes wishes_;
  std::unique_ptr<Membership> membership_;  ///< once it has joined
};

}  // namespace holon::node
