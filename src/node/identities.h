// Identities: the certificates of this node's hosts, by which hosts of other nodes know them. They live for an hour; a new one
// takes the place of each at half of that. A host reads its file again by itself: connections that are open go on.
//
//   Identities identities(world, authority, "shop", folder / "identity");
//   TRY(identities.provide("cart"));        // before its first host starts
//   env::Duration again = identities.renew();  // call it again after that time
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "crypto/authority.h"
#include "crypto/tls.h"
#include "env/environment.h"
#include "holon/result.h"

namespace holon::node {

/// How a host is called in its certificate, for whoever connects to it: "cart.hosts.shop".
std::string server_name_of(const std::string& host, const std::string& app);
/// What it is, for those whom it calls: "spiffe://shop/host/cart" (SPIFFE-ID).
std::string spiffe_id_of(const std::string& host, const std::string& app);

/// One thread.
class Identities {
 public:
  static constexpr std::chrono::seconds usual_life = std::chrono::hours(1);

  /// @param folder  this user's alone: private keys are in it
  Identities(env::Environment& world, crypto::Authority authority, std::string app, std::filesystem::path folder,
             std::chrono::seconds life = usual_life);

  /// Writes the host's certificate anew, and those of all others whom to trust.
  /// @param host  without the number of its replica: "cart"
  Result<void> provide(const std::string& host);
  /// Writes anew what is through half of its life by the wall's clock, which goes on while a machine sleeps. Gives the time until
  /// it has to be called again. What cannot be written is tried again soon, and told by `trouble`.
  env::Duration renew();
  /// Why the last `renew` did not write all; empty if it did.
  const std::string& trouble() const { return trouble_; }

  /// Certificate and key are in one file, so that both change at once.
  std::filesystem::path file(const std::string& host) const { return folder_ / (host + ".pem"); }
  crypto::KeyPair pair(const std::string& host) const { return {file(host), file(host)}; }
  /// Whom this application's hosts trust.
  std::filesystem::path roots() const { return folder_ / "authority.pem"; }

 private:
  env::Environment& world_;
  const crypto::Authority authority_;
  const std::string app_;
  const std::filesystem::path folder_;
  const std::chrono::seconds life_;
  std::map<std::string, env::WallTime> half_through_;  ///< by host
  std::string trouble_;
};

}  // namespace holon::node
