// JwtVerifier: whether a token is one of an issuer, for us, and good now (RFC 7519, RFC 8725).
//
//   JwtVerifier verifier(config, world, fetch);
//   TRY(verifier.start());
//   JwtVerifier::Outcome outcome = verifier.verify(call, jwt, crypto::sha256(token));
//
// Used by all loops.
#pragma once

#include <optional>

#include "gateway/access/jwt.h"
#include "gateway/access/key_source.h"
#include "gateway/access/verified_tokens.h"
#include "holon/claims.h"

namespace holon::gateway {

class JwtVerifier {
 public:
  struct Outcome {
    std::optional<Refusal> refusal;
    bool unavailable = false;  ///< there are no keys to check it by: no fault of the token's
    Claims claims;             ///< if it is not refused
  };

  JwtVerifier(const JwtConfig& config, env::Environment& world, Fetch fetch);

  Result<void> start() { return keys_.start(); }
  const JwtConfig& config() const { return config_; }
  /// Whether a token says that it is of this issuer. Nothing is verified yet.
  bool concerns(const Jwt& jwt) const;
  /// The claims of a token that was verified before, and is good still. May suspend for keys.
  /// @param hash  SHA-256 of the token
  std::optional<Claims> recall(Call& call, const std::string& hash);
  /// May suspend for keys.
  Outcome verify(Call& call, const Jwt& jwt, const std::string& hash);

 private:
  Result<Claims> keep(const Jwt& jwt, const std::string& hash, std::shared_ptr<const KeySet> keys);

  JwtConfig config_;
  env::Environment& world_;
  KeySource keys_;
  VerifiedTokens verified_;
};

}  // namespace holon::gateway
