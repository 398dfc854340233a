#include "crypto/authority.h"

#include "crypto/tls_fixture_test.h"

namespace holon::crypto {
namespace {

class AuthorityTest : public TlsTest {
 protected:
  AuthorityTest() { folder_.write("ca.pem", own_.certificate()); }

  PemPair host(const std::string& name, std::chrono::seconds life = std::chrono::hours(1)) {
    return must(own_.issue({.subject = name,
                            .names = {"DNS:" + name + ".hosts.shop", "URI:spiffe://shop/host/" + name},
                            .valid_until = world_.wall() + life}));
  }
  /// In one file, as nodes write them.
  KeyPair file(const std::string& name, const PemPair& pair) {
    const std::filesystem::path path = folder_.write(name + ".pem", pair.certificate + pair.key);
    return {path, path};
  }

  Authority own_ = must(Authority::create(world_, "shop"));
};

TEST_F(AuthorityTest, WhomItCertifiesAreKnownToEachOther) {
  pair_ = file("cart", host("cart"));
  auto server = server_tls(true);
  auto client = client_tls(file("checkout", host("checkout")));
  Wire wire;
  join(wire, *client, *server, "cart.hosts.shop");
  wire.client->say("?");
  wire.settle();
  EXPECT_EQ(wire.server->heard, "?") << wire.server->failure << wire.client->failure;
  EXPECT_THAT(wire.server->secure().peer_identity()->names,
              testing::ElementsAre("DNS:checkout.hosts.shop", "URI:spiffe://shop/host/checkout"));
}

TEST_F(AuthorityTest, WhoIsAnotherHostThanTheOneCalledIsRefused) {
  pair_ = file("cart", host("cart"));
  auto server = server_tls(true);
  auto client = client_tls(file("checkout", host("checkout")));
  EXPECT_THAT(handshake(*client, *server, "payment.hosts.shop").first, HasSubstr("not for payment.hosts.shop"));
}

TEST_F(AuthorityTest, WhatItIssuesEnds) {
  pair_ = file("cart", host("cart", std::chrono::seconds(10)));
  auto server = server_tls(true);
  auto client = client_tls(file("checkout", host("checkout")));
  EXPECT_EQ(handshake(*client, *server, "cart.hosts.shop").first, "!");
  world_.shift = std::chrono::seconds(11);
  EXPECT_THAT(handshake(*client_tls(file("checkout", host("checkout"))), *server, "cart.hosts.shop").first, HasSubstr("expired"));
}

TEST_F(AuthorityTest, IsTheSameWhenItIsReadAgain) {
  const std::filesystem::path folder = folder_.path("authority");
  ASSERT_TRUE(own_.save(folder).ok());
  Authority again = must(Authority::load(world_, folder));
  EXPECT_EQ(again.certificate(), own_.certificate());
  pair_ = file("cart", must(again.issue({.subject = "cart", .names = {"DNS:cart.hosts.shop"},
                                         .valid_until = world_.wall() + std::chrono::hours(1)})));
  auto server = server_tls();
  auto client = client_tls();
  EXPECT_EQ(handshake(*client, *server, "cart.hosts.shop").first, "!");
}

TEST_F(AuthorityTest, WhatIsThereIsNotOverwritten) {
  const std::filesystem::path folder = folder_.path("authority");
  ASSERT_TRUE(own_.save(folder).ok());
  Result<void> again = must(Authority::create(world_, "other")).save(folder);
  EXPECT_EQ(again.code(), Code::already_exists);
  EXPECT_THAT(again.error().message(), HasSubstr("authority.pem is there already"));
}

TEST_F(AuthorityTest, WhatIsNoneIsRefusedWithItsFile) {
  const std::filesystem::path folder = folder_.path("authority");
  EXPECT_THAT(Authority::load(world_, folder).error().message(), AllOf(HasSubstr("authority.pem"), HasSubstr("holon authority")));
  ASSERT_TRUE(own_.save(folder).ok());
  std::filesystem::copy_file(folder_.write("own.key", host("cart").key), folder / "authority.key",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(Authority::load(world_, folder).error().message(), HasSubstr("is not the key of"));
  const PemPair plain = host("cart");
  std::filesystem::copy_file(folder_.write("own.key", plain.key), folder / "authority.key",
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::copy_file(folder_.write("own.pem", plain.certificate), folder / "authority.pem",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(Authority::load(world_, folder).error().message(), HasSubstr("may certify nobody"));
}

}  // namespace
}  // namespace holon::crypto
