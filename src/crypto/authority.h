// Authority: issues certificates to what it trusts: to the hosts of one application, so that they know each other across
// nodes (X.509, RFC 5280; names as in SPIFFE, "X509-SVID").
//
//   auto authority = TRY(crypto::Authority::load(world, folder));           // or `create`, once for all nodes
//   crypto::PemPair pair = TRY(authority.issue({.subject = "cart", .names = {"URI:spiffe://shop/host/cart"},
//                                               .valid_until = world.wall() + std::chrono::hours(1)}));
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "env/environment.h"
#include "holon/result.h"

namespace holon::crypto {

/// A certificate and its private key, in PEM.
struct PemPair {
  std::string certificate;
  std::string key;
};

/// What a certificate is to say.
struct CertificateWish {
  std::string subject;             ///< its common name, for people
  std::vector<std::string> names;  ///< subject alternative names: "DNS:cart.hosts.shop", "URI:spiffe://shop/host/cart"
  env::WallTime valid_from = {};   ///< none: a few minutes ago, as clocks differ
  env::WallTime valid_until;
};

/// Any thread. Copies share the key.
class Authority {
 public:
  /// A new one with a key of its own, for ten years.
  static Result<Authority> create(env::Environment& world, const std::string& name);
  /// The one whose `authority.pem` and `authority.key` are in this folder. The error names the file and the remedy.
  static Result<Authority> load(env::Environment& world, const std::filesystem::path& folder);

  /// Writes `authority.pem` and `authority.key` there. ALREADY_EXISTS if there is one: whom it certified would be strangers.
  Result<void> save(const std::filesystem::path& folder) const;
  /// A new key, and its certificate: for servers and clients. INVALID_ARGUMENT if the names are none.
  Result<PemPair> issue(const CertificateWish& wish) const;
  /// Its own certificate, in PEM: what others trust.
  const std::string& certificate() const;

 private:
  struct Impl;
  explicit Authority(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  std::shared_ptr<const Impl> impl_;
};

}  // namespace holon::crypto
