// Certificates come from files, which change.

#include "crypto/from_files.h"

#include "crypto/tls_fixture_test.h"

namespace holon::crypto {
namespace {

TEST_F(TlsTest, OfSeveralCertificatesTheOneThatFitsIsShown) {
  KeyPair other = folder_.write("shop", authority_.issue({.subject = "shop", .names = {"DNS:*.shop.example"}}));
  auto server = must(ServerTls::load(world_, {.pairs = {pair_, other}, .client_ca = {}}));
  auto client = client_tls();
  EXPECT_EQ(handshake(*client, *server, "cart.shop.example").first, "!");
  EXPECT_EQ(handshake(*client, *server, "localhost").first, "!");
  EXPECT_THAT(handshake(*client, *server, "other.example").first, HasSubstr("is for DNS:localhost"));
}

TEST_F(TlsTest, NewFilesAreTakenAndConnectionsGoOn) {
  auto server = server_tls();
  auto client = client_tls();
  Wire old;
  join(old, *client, *server);
  old.settle();
  TestAuthority next("Next CA");
  folder_.write("server", next.issue());
  EXPECT_FALSE(server->refresh().has_value());
  EXPECT_EQ(handshake(*client, *server).first, "!") << "it looked before a second was over";
  world_.shift += std::chrono::milliseconds(1001);
  EXPECT_FALSE(server->refresh().has_value());
  EXPECT_THAT(handshake(*client, *server).first, HasSubstr("Next CA")) << "a session outlived its certificate";
  folder_.write("ca.pem", next.certificate());
  ASSERT_TRUE(client->reload().ok());
  EXPECT_EQ(handshake(*client, *server).first, "!");
  old.client->say("still here");
  old.settle();
  EXPECT_EQ(old.server->heard, "still here");
}

TEST_F(TlsTest, ABrokenPairKeepsTheOldOneAndIsToldOnce) {
  auto server = server_tls();
  auto client = client_tls();
  auto look = [&] {
    world_.shift += std::chrono::milliseconds(1001);
    return server->refresh();
  };
  EXPECT_FALSE(look().has_value());
  folder_.write("server.key", authority_.issue().key);
  std::optional<Error> told = look();
  ASSERT_TRUE(told.has_value());
  EXPECT_THAT(told->message(), AllOf(HasSubstr("server.key is not the key of the certificate in"), HasSubstr("stays in use")));
  EXPECT_FALSE(look().has_value());
  EXPECT_FALSE(server->reload().ok());
  EXPECT_EQ(handshake(*client, *server).first, "!");
  std::filesystem::remove(folder_.path("server.key"));
  EXPECT_TRUE(look().has_value());
  EXPECT_FALSE(look().has_value());
  EXPECT_EQ(handshake(*client, *server).first, "!");
  folder_.write("server", authority_.issue({.subject = "mended"}));
  EXPECT_FALSE(look().has_value());
  Wire wire;
  join(wire, *client, *server);
  wire.settle();
  EXPECT_EQ(wire.client->secure().peer_identity()->subject, "CN=mended");
}

TEST_F(TlsTest, FilesThatCannotBeUsedAreNamedWithTheRemedy) {
  auto refusal = [&](const KeyPair& pair, const std::filesystem::path& client_ca = {}) {
    auto loaded = ServerTls::load(world_, {.pairs = {pair}, .client_ca = client_ca});
    return loaded.ok() ? "" : loaded.error().message();
  };
  std::filesystem::path empty = folder_.write("empty.pem", "");
  std::filesystem::path torn = folder_.write("torn.pem", pair_text_.certificate.substr(0, 200) + "\n-----END CERTIFICATE-----\n");
  EXPECT_THAT(refusal({folder_.path("none.pem"), pair_.key}), HasSubstr("none.pem"));
  EXPECT_THAT(refusal({empty, pair_.key}), AllOf(HasSubstr("empty.pem has no certificate"), HasSubstr("PEM")));
  EXPECT_THAT(refusal({torn, pair_.key}), HasSubstr("torn.pem has a certificate that cannot be read"));
  EXPECT_THAT(refusal({pair_.certificate, pair_.certificate}), HasSubstr("server.pem has no private key"));
  EXPECT_THAT(refusal(pair_, empty), HasSubstr("empty.pem has no certificate"));
  EXPECT_FALSE(ServerTls::load(world_, {}).ok());
  auto half = ClientTls::load(world_, {.roots = roots_, .own = {pair_.certificate, {}}});
  ASSERT_FALSE(half.ok());
  EXPECT_THAT(half.error().message(), HasSubstr("go together"));
}

}  // namespace
}  // namespace holon::crypto
