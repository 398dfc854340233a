// What tokens may be, and a table of forgeries and mistakes: each is refused by the rule that is there for it.
#include "gateway/access/jwt.h"

#include <functional>

#include "crypto/hash.h"
#include "crypto/test_certificates.h"
#include "fiber/call.h"
#include "gateway/access/jwt_verifier.h"
#include "gateway/access/test_tokens.h"

namespace holon::gateway {
namespace {

using namespace testing;  // NOLINT: the helpers of these tests

/// An issuer with a key of each kind: "r" for any algorithm of RSA, "p" for PS256 alone, "e" for ES256, "d" for EdDSA.
class JwtTest : public ::testing::Test {
 protected:
  JwtVerifier::Outcome judge(const std::string& text) {
    internal::RootCall call(Deadline::max());
    Jwt jwt;
    JwtVerifier::Outcome outcome;
    outcome.refusal = read_jwt(text, jwt);
    return outcome.refusal ? outcome : verifier_.verify(call, jwt, crypto::sha256(text));
  }
  std::string rule(const std::string& text) {
    JwtVerifier::Outcome outcome = judge(text);
    return outcome.refusal ? std::string(outcome.refusal->rule) : "good";
  }
  std::string es256(const std::string& header, const std::string& claims) {
    return token(ec_, Signing::es256, header, claims);
  }
  /// By a good key, with this header.
  std::string headed(const std::string& header) { return es256(header, payload()); }
  /// By a good key, with these claims.
  std::string claiming(const std::string& claims) { return es256(R"({"alg":"ES256","kid":"e"})", claims); }

  const TestSigner& rsa_ = rsa_signer();
  TestSigner ec_{Kind::p256};
  TestSigner ed_{Kind::ed25519};
  crypto::TestFolder folder_;
  TestWorld world_;
  JwtVerifier verifier_ = make();

 private:
  JwtVerifier make() {
    const std::string set = "{\"keys\":[" + jwk(rsa_, Kind::rsa, R"(,"kid":"r")") + "," +
                            jwk(rsa_, Kind::rsa, R"(,"kid":"p","alg":"PS256","use":"sig")") + "," +
                            jwk(ec_, Kind::p256, R"(,"kid":"e","alg":"ES256","key_ops":["verify"])") + "," +
                            jwk(ed_, Kind::ed25519, R"(,"kid":"d","alg":"EdDSA")") + "," +
                            jwk(ec_, Kind::p256, R"(,"kid":"enc","use":"enc")") + "," +
                            R"({"kty":"oct","k":"c2VjcmV0","kid":"o","alg":"HS256"})" + "]}";
    JwtConfig config;
    config.issuer = "https://id.example";
    config.audiences = {"shop", "store"};
    config.keys = folder_.write("jwks.json", set);
    JwtVerifier verifier(config, world_, nullptr);
    Result<void> started = verifier.start();
    if (!started.ok()) throw std::runtime_error(started.error().to_string());
    return verifier;
  }
};

TEST_F(JwtTest, EachAlgorithmIsGoodByItsKey) {
  EXPECT_EQ(rule(token(rsa_, Signing::rs256, R"({"alg":"RS256","kid":"r"})", payload())), "good");
  EXPECT_EQ(rule(token(rsa_, Signing::ps256, R"({"alg":"PS256","kid":"r"})", payload())), "good");
  EXPECT_EQ(rule(token(rsa_, Signing::ps256, R"({"alg":"PS256","kid":"p"})", payload())), "good");
  EXPECT_EQ(rule(token(ec_, Signing::es256, R"({"alg":"ES256","kid":"e"})", payload())), "good");
  EXPECT_EQ(rule(token(ed_, Signing::eddsa, R"({"alg":"EdDSA","kid":"d"})", payload())), "good");
}

TEST_F(JwtTest, WhatMayVaryIsGood) {
  EXPECT_EQ(rule(headed(R"({"alg":"ES256"})")), "good") << "without kid all keys that fit";
  for (const char* type : {"JWT", "jwt", "at+jwt", "application/at+jwt", "application/JWT"}) {
    EXPECT_EQ(rule(headed(R"({"alg":"ES256","typ":")" + std::string(type) + "\"}")), "good") << type;
  }
  EXPECT_EQ(rule(headed(R"({"alg":"ES256","x5t":"AAAA","jku":"https://evil.example","x5u":"https://evil.example"})")), "good")
      << "what may be ignored is";
  const std::string exp = std::to_string(start_s + 600);
  EXPECT_EQ(rule(claiming(R"({"iss":"https://id.example","aud":["x","store"],"exp":)" + exp + "}")), "good");
  EXPECT_EQ(rule(claiming(R"({"iss":"https://id.example","aud":"shop","exp":)" + exp + ".5}")), "good");
  EXPECT_EQ(rule(claiming(payload("\"nbf\":" + std::to_string(start_s + 59)))), "good") << "clocks differ a minute";
  EXPECT_EQ(rule(claiming(payload("\"iat\":" + std::to_string(start_s + 59)))), "good");
  const std::string just = std::to_string(start_s - 59);
  EXPECT_EQ(rule(claiming(R"({"iss":"https://id.example","aud":"shop","exp":)" + just + "}")), "good");
}

TEST_F(JwtTest, ClaimsAreThoseOfTheToken) {
  JwtVerifier::Outcome outcome = judge(claiming(payload(R"("sub":"ann","scope":"read write","realm":{"roles":["cook"]})")));
  ASSERT_FALSE(outcome.refusal) << outcome.refusal->why;
  EXPECT_EQ(outcome.claims.subject(), "ann");
  EXPECT_TRUE(outcome.claims.has("scope", "write"));
  EXPECT_TRUE(outcome.claims.has("realm.roles", "cook"));
}

struct Forgery {
  const char* name;
  const char* rule;
  std::string text;
};

void expect_refused(const std::vector<Forgery>& table, const std::function<std::string(const std::string&)>& rule) {
  for (const auto& [name, why, text] : table) EXPECT_EQ(rule(text), "gateway.jwt." + std::string(why)) << name;
}

TEST_F(JwtTest, TextsThatAreNoTokensAreRefused) {
  const std::string good = claiming(payload());
  const std::size_t first = good.find('.');
  const std::size_t second = good.rfind('.');
  const std::string header = good.substr(0, first);
  const std::string claims = good.substr(first + 1, second - first - 1);
  const std::string sign = good.substr(second + 1);
  std::string not_zero = sign;  // 64 bytes are 86 digits, the last of which has four bits beyond them
  not_zero.back() = not_zero.back() == 'A' ? 'B' : static_cast<char>(not_zero.back() + 1);
  expect_refused(
      {{"nothing", "malformed", ""},
       {"a word", "malformed", "token"},
       {"one dot", "malformed", header + "." + claims},
       {"two dots alone", "malformed", ".."},
       {"three dots", "malformed", good + "."},
       {"seven parts", "malformed", good + "...."},
       {"five parts: JWE", "encrypted", header + ".a.b.c.d"},
       {"no header", "malformed", "." + claims + "." + sign},
       {"no claims", "malformed", header + ".." + sign},
       {"no signature", "signature", header + "." + claims + "."},
       {"padding", "malformed", header + "=." + claims + "." + sign},
       {"padding of the signature", "malformed", good + "=="},
       {"a blank before", "malformed", " " + good},
       {"a blank behind", "malformed", good + " "},
       {"a blank inside", "malformed", header + ". " + claims + "." + sign},
       {"a line end", "malformed", good + "\n"},
       {"a zero byte", "malformed", good + '\0'},
       {"the other base64", "malformed", header + "." + claims + "." + "+/" + sign.substr(2)},
       {"one digit too many", "malformed", header + "." + claims + "." + sign + "AAA"},
       {"bits beyond the last byte", "malformed", header + "." + claims + "." + not_zero},
       {"a list", "malformed", good + ",x"},
       {"JSON serialisation", "malformed", R"({"payload":"e30","signature":"e30","protected":"e30"})"},
       {"longer than 8 KiB", "too_large", good + std::string(8 << 10, 'A')},
       {"a header of more than 2 KiB", "too_large", headed(R"({"alg":"ES256","x":")" + std::string(2 << 10, 'x') + "\"}")},
       {"claims of more than 4 KiB", "too_large", claiming(payload(R"("x":")" + std::string(4 << 10, 'x') + "\""))}},
      [this](const std::string& text) { return rule(text); });
}

TEST_F(JwtTest, HeadersThatAreNoneOfOursAreRefused) {
  expect_refused(
      {{"no JSON", "malformed", headed("alg: ES256")},
       {"a list", "malformed", headed(R"(["ES256"])")},
       {"a text", "malformed", headed(R"("ES256")")},
       {"JSON and more", "malformed", headed(R"({"alg":"ES256"}{})")},
       {"single quotes", "malformed", headed("{'alg':'ES256'}")},
       {"a trailing comma", "malformed", headed(R"({"alg":"ES256",})")},
       {"alg twice", "malformed", headed(R"({"alg":"none","alg":"ES256"})")},
       {"alg twice, once escaped", "malformed", headed(R"({"alg":"none","\u0061lg":"ES256"})")},
       {"no UTF-8", "malformed", headed("{\"alg\":\"ES256\",\"x\":\"\xc3\x28\"}")},
       {"half a surrogate", "malformed", headed(R"({"alg":"ES256","x":"\ud800"})")},
       {"70 levels", "malformed", headed(R"({"alg":"ES256","x":)" + std::string(70, '[') + std::string(70, ']') + "}")},
       {"no alg", "header", headed("{}")},
       {"alg no text", "header", headed(R"({"alg":256})")},
       {"alg null", "header", headed(R"({"alg":null})")},
       {"alg a list", "header", headed(R"({"alg":["ES256"]})")},
       {"alg in another case", "algorithm", headed(R"({"alg":"es256"})")},
       {"alg with a blank", "algorithm", headed(R"({"alg":"ES256 "})")},
       {"alg empty", "algorithm", headed(R"({"alg":""})")},
       {"crit", "critical", headed(R"({"alg":"ES256","crit":["exp"],"exp":1})")},
       {"crit, empty", "critical", headed(R"({"alg":"ES256","crit":[]})")},
       {"crit of b64", "critical", headed(R"({"alg":"ES256","crit":["b64"],"b64":false})")},
       {"b64 without crit", "header", headed(R"({"alg":"ES256","b64":false})")},
       {"zip", "encrypted", headed(R"({"alg":"ES256","zip":"DEF"})")},
       {"enc", "encrypted", headed(R"({"alg":"ES256","enc":"A256GCM"})")},
       {"nested", "nested", headed(R"({"alg":"ES256","cty":"JWT"})")},
       {"an ID of DPoP", "type", headed(R"({"alg":"ES256","typ":"dpop+jwt"})")},
       {"a logout token", "type", headed(R"({"alg":"ES256","typ":"logout+jwt"})")},
       {"typ no text", "type", headed(R"({"alg":"ES256","typ":1})")},
       {"kid no text", "header", headed(R"({"alg":"ES256","kid":7})")},
       {"kid empty", "header", headed(R"({"alg":"ES256","kid":""})")},
       {"kid of 257 bytes", "header", headed(R"({"alg":"ES256","kid":")" + std::string(257, 'k') + "\"}")},
       {"an unknown kid", "key_unknown", headed(R"({"alg":"ES256","kid":"x"})")},
       {"a kid that is a path", "key_unknown", headed(R"({"alg":"ES256","kid":"../../dev/null"})")},
       {"a kid that is SQL", "key_unknown", headed(R"({"alg":"ES256","kid":"' or 1=1 --"})")},
       {"a kid in another case", "key_unknown", headed(R"({"alg":"ES256","kid":"E"})")}},
      [this](const std::string& text) { return rule(text); });
}

TEST_F(JwtTest, SignaturesThatAreNoneAreRefused) {
  const std::string claims = payload();
  const std::string unsigned_part = joined(R"({"alg":"none"})", claims);
  auto hs256 = [&](const std::string& secret, const std::string& header) {
    const std::string part = joined(header, claims);
    return with_signature(part, crypto::hmac_sha256(secret, part));
  };
  const TestSigner mine(Kind::p256);
  const TestSigner mine_rsa(Kind::rsa);
  const TestSigner mine_ed(Kind::ed25519);
  const std::string good = claiming(claims);
  const std::string part = good.substr(0, good.rfind('.'));
  const std::string raw = ec_.sign(Signing::es256, part);
  const std::string other = claiming(payload(R"("sub":"eve")"));
  const std::string embedded = R"({"alg":"ES256","jwk":)" + jwk(mine, Kind::p256, "") + "}";
  expect_refused(
      {{"none", "algorithm", unsigned_part + "."},
       {"none, with a signature", "algorithm", with_signature(unsigned_part, raw)},
       {"None", "algorithm", joined(R"({"alg":"None"})", claims) + ".AA"},
       {"nOnE", "algorithm", joined(R"({"alg":"nOnE"})", claims) + ".AA"},
       {"HS256 by the public key in PEM", "algorithm", hs256(ec_.public_pem(), R"({"alg":"HS256","kid":"e"})")},
       {"HS256 by the RSA key in PEM", "algorithm", hs256(rsa_.public_pem(), R"({"alg":"HS256","kid":"r"})")},
       {"HS256 by the oct key of the set", "algorithm", hs256("secret", R"({"alg":"HS256","kid":"o"})")},
       {"HS256 by nothing", "algorithm", hs256("", R"({"alg":"HS256"})")},
       {"HMAC that calls itself ES256", "signature", hs256(ec_.public_pem(), R"({"alg":"ES256","kid":"e"})")},
       {"RS384", "algorithm", token(rsa_, Signing::rs256, R"({"alg":"RS384","kid":"r"})", claims)},
       {"RS512", "algorithm", token(rsa_, Signing::rs256, R"({"alg":"RS512","kid":"r"})", claims)},
       {"ES512", "algorithm", headed(R"({"alg":"ES512","kid":"e"})")},
       {"ES256K", "algorithm", headed(R"({"alg":"ES256K","kid":"e"})")},
       {"RSA1_5", "algorithm", headed(R"({"alg":"RSA1_5","kid":"r"})")},
       {"RS256 by a key for PS256", "algorithm", token(rsa_, Signing::rs256, R"({"alg":"RS256","kid":"p"})", claims)},
       {"RS256 named PS256", "signature", token(rsa_, Signing::rs256, R"({"alg":"PS256","kid":"r"})", claims)},
       {"PS256 named RS256", "signature", token(rsa_, Signing::ps256, R"({"alg":"RS256","kid":"r"})", claims)},
       {"RS256 with the kid of another kind", "algorithm", token(rsa_, Signing::rs256, R"({"alg":"RS256","kid":"e"})", claims)},
       {"ES256 with the kid of EdDSA", "algorithm", headed(R"({"alg":"ES256","kid":"d"})")},
       {"a key for encryption", "key_unknown", headed(R"({"alg":"ES256","kid":"enc"})")},
       {"a symmetric key", "key_unknown", headed(R"({"alg":"ES256","kid":"o"})")},
       {"somebody else's P-256", "signature", token(mine, Signing::es256, R"({"alg":"ES256","kid":"e"})", claims)},
       {"somebody else's, without kid", "signature", token(mine, Signing::es256, R"({"alg":"ES256"})", claims)},
       {"somebody else's RSA", "signature", token(mine_rsa, Signing::rs256, R"({"alg":"RS256","kid":"r"})", claims)},
       {"somebody else's Ed25519", "signature", token(mine_ed, Signing::eddsa, R"({"alg":"EdDSA","kid":"d"})", claims)},
       {"a key that it brings along", "signature", token(mine, Signing::es256, embedded, claims)},
       {"a key at its own address", "signature",
        token(mine, Signing::es256, R"({"alg":"ES256","jku":"https://evil.example/jwks.json"})", claims)},
       {"a certificate that it brings along", "signature",
        token(mine, Signing::es256, R"({"alg":"ES256","x5c":["AAAA"]})", claims)},
       {"another token's signature", "signature", part + other.substr(other.rfind('.'))},
       {"other claims", "signature", other.substr(0, other.rfind('.')) + good.substr(good.rfind('.'))},
       {"r and s of zero", "signature", with_signature(part, std::string(64, '\0'))},
       {"r and s of one", "signature", with_signature(part, std::string(31, '\0') + '\1' + std::string(31, '\0') + '\1')},
       {"a signature in DER", "signature", with_signature(part, ec_.sign_der(part))},
       {"63 bytes", "signature", with_signature(part, raw.substr(0, 63))},
       {"65 bytes", "signature", with_signature(part, raw + '\0')},
       {"r and s exchanged", "signature", with_signature(part, raw.substr(32) + raw.substr(0, 32))},
       {"one bit", "signature", with_signature(part, raw.substr(0, 63) + static_cast<char>(raw[63] ^ 1))},
       {"one byte", "signature", with_signature(part, "x")}},
      [this](const std::string& text) { return rule(text); });
}

TEST_F(JwtTest, ClaimsThatAreNotForUsAreRefused) {
  const std::string iss = R"("iss":"https://id.example",)";
  const std::string exp = R"("exp":)" + std::to_string(start_s + 600);
  auto at = [&](const std::string& name, long seconds) {
    return payload("\"" + name + "\":" + std::to_string(start_s + seconds));
  };
  expect_refused(
      {{"no JSON", "malformed", claiming("ann")},
       {"a list", "malformed", claiming("[]")},
       {"null", "malformed", claiming("null")},
       {"sub twice", "malformed", claiming(payload(R"("sub":"ann","sub":"root")"))},
       {"iss twice", "malformed", claiming("{" + iss + iss + R"("aud":"shop",)" + exp + "}")},
       {"a comment", "malformed", claiming("{" + iss + R"("aud":"shop",/**/)" + exp + "}")},
       {"nothing", "issuer", claiming("{}")},
       {"no iss", "issuer", claiming(R"({"aud":"shop",)" + exp + "}")},
       {"another iss", "issuer", claiming(R"({"iss":"https://evil.example","aud":"shop",)" + exp + "}")},
       {"iss with a slash more", "issuer", claiming(R"({"iss":"https://id.example/","aud":"shop",)" + exp + "}")},
       {"iss in another case", "issuer", claiming(R"({"iss":"https://ID.example","aud":"shop",)" + exp + "}")},
       {"iss a list", "issuer", claiming(R"({"iss":["https://id.example"],"aud":"shop",)" + exp + "}")},
       {"no aud", "audience", claiming("{" + iss + exp + "}")},
       {"aud for others", "audience", claiming("{" + iss + R"("aud":"bank",)" + exp + "}")},
       {"aud empty", "audience", claiming("{" + iss + R"("aud":[],)" + exp + "}")},
       {"aud of two words", "audience", claiming("{" + iss + R"("aud":"shop bank",)" + exp + "}")},
       {"aud an object", "audience", claiming("{" + iss + R"("aud":{"shop":true},)" + exp + "}")},
       {"aud in a list of lists", "audience", claiming("{" + iss + R"("aud":[["shop"]],)" + exp + "}")},
       {"aud a number", "audience", claiming("{" + iss + R"("aud":7,)" + exp + "}")},
       {"no exp", "no_expiry", claiming("{" + iss + R"("aud":"shop"})")},
       {"exp a text", "claims", claiming("{" + iss + R"("aud":"shop","exp":")" + std::to_string(start_s + 600) + "\"}")},
       {"exp null", "claims", claiming("{" + iss + R"("aud":"shop","exp":null})")},
       {"exp in the past", "expired", claiming("{" + iss + R"("aud":"shop","exp":)" + std::to_string(start_s - 61) + "}")},
       {"exp on the second", "expired", claiming("{" + iss + R"("aud":"shop","exp":)" + std::to_string(start_s - 60) + "}")},
       {"exp zero", "expired", claiming("{" + iss + R"("aud":"shop","exp":0})")},
       {"exp negative", "expired", claiming("{" + iss + R"("aud":"shop","exp":-1})")},
       {"exp beyond all numbers", "malformed", claiming("{" + iss + R"("aud":"shop","exp":1e999})")},
       {"exp beyond 2^53", "claims", claiming("{" + iss + R"("aud":"shop","exp":9007199254740993})")},
       {"nbf in the future", "not_yet", claiming(at("nbf", 61))},
       {"nbf a text", "claims", claiming(payload(R"("nbf":"now")"))},
       {"iat in the future", "not_yet", claiming(at("iat", 3600))},
       {"iat a boolean", "claims", claiming(payload(R"("iat":true)"))},
       {"sub a number", "claims", claiming(payload(R"("sub":7)"))},
       {"sub a list", "claims", claiming(payload(R"("sub":["ann","root"])"))},
       {"a number that parsers differ on", "claims", claiming(payload(R"("uid":9007199254740993)"))}},
      [this](const std::string& text) { return rule(text); });
}

TEST_F(JwtTest, NoReasonHasTheToken) {
  const std::string secret = "s3cr3t";
  for (const std::string& text : {secret, secret + "." + secret + "." + secret, headed(R"({"alg":")" + secret + "\"}"),
                                  headed(R"({"alg":"ES256","kid":")" + secret + "\"}"),
                                  claiming(R"({"iss":")" + secret + "\"}")}) {
    JwtVerifier::Outcome outcome = judge(text);
    ASSERT_TRUE(outcome.refusal);
    EXPECT_EQ(outcome.refusal->why.find(secret), std::string::npos) << outcome.refusal->why;
  }
}

}  // namespace
}  // namespace holon::gateway
