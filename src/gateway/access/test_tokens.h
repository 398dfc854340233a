// Tokens and keys for tests: good ones, and any forgery.
#pragma once

#include <chrono>
#include <string>

#include "crypto/test_signatures.h"
#include "env/disk.h"
#include "env/environment.h"
#include "env/process.h"
#include "env/reactor.h"
#include "gateway/access/base64url.h"
#include "gateway/config.h"

namespace holon::gateway::testing {

using crypto::Signing;
using crypto::TestSigner;
using Kind = crypto::PublicKey::Kind;

/// Seconds since 1970 in a test's world when it begins.
constexpr long start_s = 2'000'000'000;

/// The real world, but for its clocks, which a test moves.
class TestWorld final : public env::Environment {
 public:
  env::Time now() override { return now_; }
  env::WallTime wall() override { return env::WallTime(std::chrono::seconds(start_s)) + (now_ - start_); }
  std::uint64_t random() override { return env::os().random(); }
  std::unique_ptr<env::Reactor> make_reactor() override { return env::os().make_reactor(); }
  env::Disk& disk() override { return env::os().disk(); }
  env::Processes& processes() override { return env::os().processes(); }
  env::Names& names() override { return env::os().names(); }

  void pass(env::Duration time) { now_ += time; }

 private:
  const env::Time start_ = env::os().now();
  env::Time now_ = start_;
};

/// One for all tests: making an RSA key takes long.
inline const TestSigner& rsa_signer() {
  static const TestSigner signer(Kind::rsa);
  return signer;
}

inline std::string joined(const std::string& header, const std::string& payload) {
  return base64url_encode(header) + "." + base64url_encode(payload);
}
inline std::string with_signature(const std::string& signed_part, const std::string& signature) {
  return signed_part + "." + base64url_encode(signature);
}
inline std::string token(const TestSigner& signer, Signing how, const std::string& header, const std::string& payload) {
  const std::string signed_part = joined(header, payload);
  return with_signature(signed_part, signer.sign(how, signed_part));
}

inline std::string payload(const std::string& more = R"("sub":"ann")") {
  const std::string expiry = std::to_string(start_s + 600);
  return R"({"iss":"https://id.example","aud":"shop","exp":)" + expiry + (more.empty() ? "" : ",") + more + "}";
}

inline std::string jwk(const TestSigner& signer, Kind kind, const std::string& more) {
  const auto [first, second] = signer.numbers();
  const std::string a = "\"" + base64url_encode(first) + "\"";
  const std::string b = "\"" + base64url_encode(second) + "\"";
  switch (kind) {
    case Kind::rsa: return R"({"kty":"RSA","n":)" + a + R"(,"e":)" + b + more + "}";
    case Kind::p256: return R"({"kty":"EC","crv":"P-256","x":)" + a + R"(,"y":)" + b + more + "}";
    default: return R"({"kty":"OKP","crv":"Ed25519","x":)" + a + more + "}";
  }
}

}  // namespace holon::gateway::testing
