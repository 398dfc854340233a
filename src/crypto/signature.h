// PublicKey: checks signatures, each key by the algorithms of its kind alone (RFC 7518, RFC 8037), so that nobody can have a
// signature checked by another one than its key is for.
//
//   crypto::PublicKey key = TRY(crypto::PublicKey::from_pem(text));
//   bool good = key.verify(crypto::Signing::es256, bytes, signature);
//
// A key is never changed; any thread may use it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "holon/result.h"

namespace holon::crypto {

/// RSASSA-PKCS1-v1_5 and RSASSA-PSS with SHA-256, ECDSA over P-256 with SHA-256, and Ed25519.
enum class Signing : std::uint8_t { rs256, ps256, es256, eddsa };

class PublicKey {
 public:
  enum class Kind : std::uint8_t { rsa, p256, ed25519 };

  /// RSA keys are of 2048 to `rsa_bits_max` bits: fewer are no longer safe (RFC 7518, 3.3), more cost too much to check.
  static constexpr int rsa_bits_min = 2048;
  static constexpr int rsa_bits_max = 8192;

  /// "-----BEGIN PUBLIC KEY-----", or the key of a certificate. INVALID_ARGUMENT for another kind of key, a weak one, or a
  /// private one.
  static Result<PublicKey> from_pem(std::string_view pem);
  /// Big-endian numbers, as in a JWK. The exponent is odd and below 2^32.
  static Result<PublicKey> rsa(std::string_view modulus, std::string_view exponent);
  /// 32 bytes each; a point that is not on the curve is refused.
  static Result<PublicKey> p256(std::string_view x, std::string_view y);
  /// 32 bytes.
  static Result<PublicKey> ed25519(std::string_view x);

  Kind kind() const { return kind_; }
  /// Whether keys of this kind sign so.
  bool fits(Signing how) const;
  /// Whether `signature` is of these bytes by this key. False also for a way that does not fit. Of ES256 it is r and s, 32
  /// bytes each (RFC 7518, 3.4).
  bool verify(Signing how, std::string_view bytes, std::string_view signature) const;

 private:
  struct Impl;
  static Result<PublicKey> checked(std::shared_ptr<Impl> impl);
  PublicKey(Kind kind, std::shared_ptr<const Impl> impl) : kind_(kind), impl_(std::move(impl)) {}

  Kind kind_;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace holon::crypto
