#include "crypto/signature.h"

#include "crypto/hash.h"
#include "crypto/test_certificates.h"
#include "crypto/test_signatures.h"

namespace holon::crypto {
namespace {

using Kind = PublicKey::Kind;

constexpr Signing all_ways[] = {Signing::rs256, Signing::ps256, Signing::es256, Signing::eddsa};

PublicKey public_of(const TestSigner& signer) {
  Result<PublicKey> key = PublicKey::from_pem(signer.public_pem());
  if (!key.ok()) throw std::runtime_error(key.error().to_string());
  return *key;
}

TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(sha256("abc").substr(0, 4), "\xBA\x78\x16\xBF");
  EXPECT_EQ(sha256("").size(), sha256_bytes);
}

TEST(EqualInConstantTime, IsEquality) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

TEST(PublicKey, ChecksWhatItsKindSigned) {
  for (Kind kind : {Kind::rsa, Kind::p256, Kind::ed25519}) {
    const TestSigner signer(kind);
    const TestSigner other(kind);
    const PublicKey key = public_of(signer);
    EXPECT_EQ(key.kind(), kind);
    for (Signing how : all_ways) {
      if (!key.fits(how)) continue;
      const std::string signature = signer.sign(how, "text");
      EXPECT_TRUE(key.verify(how, "text", signature));
      EXPECT_FALSE(key.verify(how, "texts", signature));
      EXPECT_FALSE(key.verify(how, "text", other.sign(how, "text")));
      EXPECT_FALSE(key.verify(how, "text", signature + '\0'));
      EXPECT_FALSE(key.verify(how, "text", signature.substr(1)));
      EXPECT_FALSE(key.verify(how, "text", ""));
      for (Signing another : all_ways) {
        if (another != how) EXPECT_FALSE(key.verify(another, "text", signature));
      }
    }
  }
}

TEST(PublicKey, OfP256TakesTwoNumbersOf32Bytes) {
  const TestSigner signer(Kind::p256);
  const PublicKey key = public_of(signer);
  EXPECT_FALSE(key.verify(Signing::es256, "text", signer.sign_der("text")));
  EXPECT_FALSE(key.verify(Signing::es256, "text", std::string(64, '\0'))) << "r = s = 0, accepted by some (CVE-2022-21449)";
  EXPECT_FALSE(key.verify(Signing::es256, "text", std::string(64, '\xff')));
}

TEST(PublicKey, IsMadeFromNumbersToo) {
  const TestSigner rsa(Kind::rsa), p256(Kind::p256), ed25519(Kind::ed25519);
  EXPECT_TRUE(PublicKey::rsa(rsa.numbers().first, rsa.numbers().second)->verify(Signing::rs256, "a", rsa.sign(Signing::rs256, "a")));
  EXPECT_TRUE(PublicKey::p256(p256.numbers().first, p256.numbers().second)
                  ->verify(Signing::es256, "a", p256.sign(Signing::es256, "a")));
  EXPECT_TRUE(PublicKey::ed25519(ed25519.numbers().first)->verify(Signing::eddsa, "a", ed25519.sign(Signing::eddsa, "a")));
}

TEST(PublicKey, FromACertificateIsItsKey) {
  const TestAuthority authority("Test CA");
  Result<PublicKey> key = PublicKey::from_pem(authority.issue().certificate);
  ASSERT_TRUE(key.ok()) << key.error().to_string();
  EXPECT_EQ(key->kind(), Kind::p256);
}

TEST(PublicKey, ThatIsWeakOrNoneIsRefused) {
  const TestSigner p256(Kind::p256), rsa(Kind::rsa);
  const auto [x, y] = p256.numbers();
  const auto [n, e] = rsa.numbers();
  std::string off_curve = y;
  off_curve.back() ^= 1;
  EXPECT_THAT(PublicKey::from_pem(TestSigner(Kind::rsa, 1024).public_pem()).error().message(), testing::HasSubstr("1024 bits"));
  EXPECT_FALSE(PublicKey::from_pem(p256.private_pem()).ok());
  EXPECT_FALSE(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").ok());
  EXPECT_FALSE(PublicKey::from_pem("").ok());
  EXPECT_FALSE(PublicKey::p256(x, off_curve).ok());
  EXPECT_FALSE(PublicKey::p256(x, y.substr(1)).ok());
  EXPECT_FALSE(PublicKey::p256(std::string(32, '\0'), std::string(32, '\0')).ok());
  EXPECT_FALSE(PublicKey::ed25519(x + "x").ok());
  EXPECT_FALSE(PublicKey::rsa(n.substr(0, 128), e).ok());
  EXPECT_FALSE(PublicKey::rsa(std::string(2048, '\x7f'), e).ok());
  for (const char* exponent : {"", "\1", "\2", "\1\1\1\1\1"}) EXPECT_FALSE(PublicKey::rsa(n, exponent).ok());
}

}  // namespace
}  // namespace holon::crypto
