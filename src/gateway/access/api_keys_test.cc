#include "gateway/access/api_keys.h"

#include "crypto/hash.h"
#include "crypto/test_certificates.h"
#include "gateway/access/test_tokens.h"

namespace holon::gateway {
namespace {

using testing::TestWorld;
using ::testing::HasSubstr;

constexpr char hash[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // of "abc"

class ApiKeysTest : public ::testing::Test {
 protected:
  ApiKeys from(const std::string& text) {
    ApiKeyConfig config;
    config.file = folder_.write("keys.txt", text);
    return ApiKeys(config, world_);
  }
  std::string rule(ApiKeys& keys, const std::string& key, Claims& claims) {
    std::optional<Refusal> refusal = keys.verify(key, claims);
    return refusal ? std::string(refusal->rule) : "good";
  }

  crypto::TestFolder folder_;
  TestWorld world_;
  Claims claims_;
};

TEST_F(ApiKeysTest, AKeyThatWasMadeIsGoodByItsLine) {
  NewApiKey made = *make_api_key("ci", {"scope=read", "scope=write", "tenant=7"}, world_);
  EXPECT_EQ(made.key.size(), 6u + 43u) << "256 bits in base64url";
  EXPECT_EQ(made.line.find(made.key), std::string::npos) << "the file has hashes alone";
  ApiKeys keys = from("# for tests\n\n" + made.line + "\r\n");
  ASSERT_TRUE(keys.start().ok());
  EXPECT_EQ(rule(keys, made.key, claims_), "good");
  EXPECT_EQ(claims_.subject(), "ci");
  EXPECT_TRUE(claims_.has("scope", "write"));
  EXPECT_EQ(claims_.get("tenant"), "7");
  EXPECT_NE(made.key, make_api_key("ci", {}, world_)->key);
}

TEST_F(ApiKeysTest, AnyOtherKeyIsRefused) {
  ApiKeys keys = from("ci " + std::string(hash));
  ASSERT_TRUE(keys.start().ok());
  EXPECT_EQ(rule(keys, "abc", claims_), "good");
  for (const std::string& key : {std::string(), std::string("ABC"), std::string("abc "), std::string("ab"), std::string(hash),
                                 crypto::sha256("abc")}) {
    EXPECT_EQ(rule(keys, key, claims_), "gateway.api_key.unknown");
  }
  EXPECT_EQ(rule(keys, std::string(257, 'x'), claims_), "gateway.api_key.too_large");
}

TEST_F(ApiKeysTest, TheFileIsReadAgainWhenItChanges) {
  ApiKeys keys = from("ci " + std::string(hash));
  ASSERT_TRUE(keys.start().ok());
  folder_.write("keys.txt", "");
  EXPECT_EQ(rule(keys, "abc", claims_), "good") << "it is looked at once a second";
  world_.pass(std::chrono::seconds(1));
  EXPECT_EQ(rule(keys, "abc", claims_), "gateway.api_key.unknown");
  folder_.write("keys.txt", "ci " + std::string(hash));
  world_.pass(std::chrono::seconds(1));
  EXPECT_EQ(rule(keys, "abc", claims_), "good");
  folder_.write("keys.txt", "half a li");
  world_.pass(std::chrono::seconds(1));
  EXPECT_EQ(rule(keys, "abc", claims_), "good") << "what can't be read leaves those before in use";
}

TEST(ApiKeyFile, MistakesAreNamedWithTheirLine) {
  const std::string good = "ci " + std::string(hash);
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"ci", "keys.txt:1: after the id comes the SHA-256"},
           {good + "\nci 12ab", "keys.txt:2: after the id"},
           {"ci " + std::string(64, 'A'), "64 lower-case hex digits"},
           {"ci " + std::string(63, 'a') + "g", "64 lower-case hex digits"},
           {"caf\xc3\xa9 " + std::string(hash), "visible characters"},
           {good + " scope", "\"scope\" is no NAME=VALUE"},
           {good + " =x", "is no NAME=VALUE"},
           {good + " sub=root", "sub is the key's id"},
           {good + " a=" + std::string(5000, 'x'), "more than 4096"},
           {good + "\n\n" + good, "keys.txt:3: the same key"}}) {
    EXPECT_THAT(read_api_keys("keys.txt", text).error().message(), HasSubstr(why)) << text;
  }
}

TEST(ApiKeyFile, WhatCannotStandInALineIsNotMade) {
  for (const char* id : {"", "two words", "#ci", "tab\t"}) EXPECT_FALSE(make_api_key(id, {}, env::os()).ok()) << id;
  for (const char* claim : {"scope", "=x", "sub=root", "scope=read write"}) {
    EXPECT_FALSE(make_api_key("ci", {claim}, env::os()).ok()) << claim;
  }
}

}  // namespace
}  // namespace holon::gateway
