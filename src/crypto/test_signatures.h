// Keys that sign, for tests: made on the spot, so that no private key is ever committed.
//
//   crypto::TestSigner signer(crypto::PublicKey::Kind::p256);
//   std::string signature = signer.sign(crypto::Signing::es256, bytes);
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "crypto/signature.h"

namespace holon::crypto {

class TestSigner {
 public:
  /// @param rsa_bits  of an RSA key
  explicit TestSigner(PublicKey::Kind kind, int rsa_bits = 2048);
  ~TestSigner();

  /// As a JWS has it: r and s of ES256 side by side.
  std::string sign(Signing how, std::string_view bytes) const;
  /// The same in OpenSSL's form (X9.62), for ES256.
  std::string sign_der(std::string_view bytes) const;
  std::string public_pem() const;
  std::string private_pem() const;
  /// The numbers of the public key, big-endian: modulus and exponent of RSA, x and y of P-256, x of Ed25519.
  struct Numbers {
    std::string first;
    std::string second;
  };
  Numbers numbers() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::string hmac_sha256(std::string_view secret, std::string_view bytes);

}  // namespace holon::crypto
