#include "config/secrets.h"

namespace holon::config {
namespace {

TEST(Secrets, AreKnownByTheLastWordOfTheirKey) {
  for (const char* key : {"password", "DB_PASSWORD", "api-token", "clientSecret", "PRIVATE_KEY", "awsAccessKey", "credentials", "API.KEY"}) {
    EXPECT_TRUE(names_secret(key)) << key;
  }
  for (const char* key : {"", "tokens_max", "token_lifetime", "key", "sort_key", "mistoken", "PASSWORD_FILE", "secretary"}) {
    EXPECT_FALSE(names_secret(key)) << key;
  }
}

TEST(Secrets, AllBelowSuchAKeyIsHidden) {
  Problems problems;
  YamlNode root = parse_yaml("{user: ada, db-password: a, inner: [{tokens: 1, token: [b, c]}], secret: {d: e}}", problems).value();
  root.entries[1].value.secret = "${file:a}";
  hide_by_name(root);
  EXPECT_EQ(root.find("user")->secret, "");
  EXPECT_EQ(root.find("db-password")->secret, "${file:a}");
  const YamlNode& inner = root.find("inner")->items[0];
  EXPECT_EQ(inner.find("tokens")->secret, "");
  EXPECT_EQ(inner.find("token")->items[1].secret, "${secret:token}");
  EXPECT_EQ(root.find("secret")->find("d")->secret, "${secret:secret}");
}

}  // namespace
}  // namespace holon::config
