// KeySet: public keys that tokens are checked by, from a JWK set (RFC 7517) or from PEM.
//
//   KeySet keys = TRY(read_keys(text));
//   for (const VerificationKey* key : keys.candidates(jwt.algorithm, jwt.key_id)) …
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/signature.h"
#include "holon/result.h"

namespace holon::gateway {

struct VerificationKey {
  std::string id;                          ///< `kid`; empty: none, as of PEM
  std::optional<crypto::Signing> signing;  ///< `alg`; absent: any that keys of its kind sign by
  crypto::PublicKey key;

  bool fits(crypto::Signing how) const { return key.fits(how) && signing.value_or(how) == how; }
};

struct KeySet {
  std::vector<VerificationKey> keys;
  std::vector<std::string> left_out;       ///< keys of the set that are not for us, and why: "the key "k1": kty …"

  /// Whether a key has this id, or has none and so may be meant.
  bool knows(const std::optional<std::string>& id) const;
  /// Keys that a token may be signed by: with its `kid` those of that id, without it all, if they fit its algorithm. A key
  /// without an id is always meant. At most `candidates_max`: what a token costs has a bound.
  static constexpr std::size_t candidates_max = 8;
  std::vector<const VerificationKey*> candidates(crypto::Signing how, const std::optional<std::string>& id) const;
};

constexpr std::size_t keys_bytes_max = 256 << 10;
constexpr std::size_t keys_max = 64;

/// From a JWK set, a single JWK, or PEM (one or more public keys or certificates). Keys of a set that are not for us (`use`,
/// `key_ops`, `kty`, `crv`, `alg`) are left out, as RFC 7517 wants it. INVALID_ARGUMENT if none remains, or for a private key.
Result<KeySet> read_keys(std::string_view text);

}  // namespace holon::gateway
