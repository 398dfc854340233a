#include "gateway/access/jwk.h"

#include "gateway/access/test_tokens.h"

namespace holon::gateway {
namespace {

using namespace testing;  // NOLINT: the helpers of these tests
using ::testing::HasSubstr;

std::string set_of(const std::string& jwk) { return "{\"keys\":[" + jwk + "]}"; }

class JwkTest : public ::testing::Test {
 protected:
  TestSigner ec_{Kind::p256};
  TestSigner ed_{Kind::ed25519};
  const TestSigner& rsa_ = rsa_signer();
};

TEST_F(JwkTest, ASetASingleKeyAndPemAreRead) {
  EXPECT_EQ(read_keys(set_of(jwk(ec_, Kind::p256, R"(,"kid":"a")") + "," + jwk(rsa_, Kind::rsa, "")))->keys.size(), 2u);
  EXPECT_EQ(read_keys("\n " + jwk(ed_, Kind::ed25519, ""))->keys.size(), 1u);
  Result<KeySet> pem = read_keys(ec_.public_pem() + "a comment\n" + rsa_.public_pem());
  ASSERT_TRUE(pem.ok()) << pem.error().to_string();
  EXPECT_EQ(pem->keys.size(), 2u);
  EXPECT_TRUE(pem->knows("any")) << "a key without an id is always meant";
  EXPECT_EQ(pem->candidates(Signing::es256, "any").size(), 1u);
  EXPECT_EQ(pem->candidates(Signing::ps256, {}).size(), 1u);
  EXPECT_EQ(pem->candidates(Signing::eddsa, {}).size(), 0u);
}

TEST_F(JwkTest, KeysThatAreNotForUsAreLeftOut) {
  const TestSigner weak(Kind::rsa, 1024);
  const std::string good = jwk(ed_, Kind::ed25519, R"(,"kid":"good")");
  for (const auto& [bad, why] : std::vector<std::pair<std::string, std::string>>{
           {R"({"kty":"oct","k":"AAAA"})", "none of RSA"},
           {R"({"kty":"EC","crv":"P-384","x":"AAAA","y":"AAAA"})", "none of RSA"},
           {R"({"kty":"OKP","crv":"X25519","x":"AAAA"})", "none of RSA"},
           {R"({"kty":"rsa"})", "none of RSA"},
           {R"({"kid":"no kty"})", "none of RSA"},
           {"7", "none of RSA"},
           {jwk(ec_, Kind::p256, R"(,"use":"enc")"), "use:"},
           {jwk(ec_, Kind::p256, R"(,"key_ops":["sign"])"), "key_ops:"},
           {jwk(ec_, Kind::p256, R"(,"key_ops":[])"), "key_ops:"},
           {jwk(ec_, Kind::p256, R"(,"alg":"ES384")"), "alg is none"},
           {jwk(ec_, Kind::p256, R"(,"alg":"none")"), "alg is none"},
           {jwk(ec_, Kind::p256, R"(,"alg":"RS256")"), "not one of its kind"},
           {jwk(rsa_, Kind::rsa, R"(,"alg":"HS256")"), "alg is none"},
           {jwk(ec_, Kind::p256, R"(,"kid":")" + std::string(257, 'k') + "\""), "kid is longer"},
           {jwk(weak, Kind::rsa, ""), "1024 bits"},
           {R"({"kty":"RSA","n":"AQAB=","e":"AQAB"})", "n is missing, or no base64url"},
           {R"({"kty":"RSA","n":"AQAB"})", "e is missing"},
           {R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})", "32 bytes"}}) {
    Result<KeySet> keys = read_keys(set_of(bad + "," + good));
    ASSERT_TRUE(keys.ok()) << bad << keys.error().to_string();
    EXPECT_EQ(keys->keys.size(), 1u) << bad;
    ASSERT_EQ(keys->left_out.size(), 1u) << bad;
    EXPECT_THAT(keys->left_out[0], HasSubstr(why));
    EXPECT_THAT(read_keys(set_of(bad)).error().message(), HasSubstr(why)) << "alone, it is a mistake";
  }
}

TEST_F(JwkTest, WhatIsNoSetOfPublicKeysIsRefused) {
  std::string many = jwk(ed_, Kind::ed25519, "");
  for (int i = 0; i < 64; ++i) many += R"(,{"kty":"oct"})";
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"", "no key"},
           {"{}", "no key"},
           {set_of(""), "no key"},
           {R"({"keys":7})", "no key"},
           {"{'keys':[]}", "1:2"},
           {R"({"keys":[],"keys":[]})", "given twice"},
           {set_of(jwk(ed_, Kind::ed25519, R"(,"kid":"k","d":"AAAA")")), "a private one"},
           {ec_.private_pem(), "a private key"},
           {ec_.public_pem() + ec_.private_pem(), "a private key"},
           {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no public key"},
           {"-----BEGIN PUBLIC KEY-----", "no public key"},
           {set_of(many), "64 keys"},
           {std::string(keys_bytes_max + 1, ' '), "256 KiB"}}) {
    EXPECT_THAT(read_keys(text).error().message(), HasSubstr(why)) << text.substr(0, 100);
  }
}

TEST_F(JwkTest, WhatATokenCostsHasABound) {
  std::string keys = jwk(ed_, Kind::ed25519, "");
  for (int i = 0; i < 40; ++i) keys += "," + jwk(ed_, Kind::ed25519, R"(,"kid":"x")");
  EXPECT_EQ(read_keys(set_of(keys))->candidates(Signing::eddsa, {}).size(), KeySet::candidates_max);
}

}  // namespace
}  // namespace holon::gateway
