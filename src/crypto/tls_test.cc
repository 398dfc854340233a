// What a handshake comes to: resumption, who is trusted, versions, ciphers, protocols.

#include "crypto/tls.h"

#include "crypto/tls_fixture_test.h"

namespace holon::crypto {
namespace {

TEST_F(TlsTest, ResumesASession) {
  auto client = client_tls();
  auto server = server_tls();
  for (int i = 0; i < 4; ++i) {
    Wire wire;
    join(wire, *client, *server);
    wire.client->say("a client hears of tickets when it reads");
    wire.settle();
    EXPECT_EQ(wire.client->secure().resumed(), i > 0) << i;
    EXPECT_EQ(wire.server->secure().resumed(), i > 0) << i;
    EXPECT_EQ(wire.client->secure().version(), "TLSv1.3");
  }
}

TEST_F(TlsTest, ResumesASessionOfTls12) {
  auto client = client_tls();
  for (int i = 0; i < 4; ++i) {
    Wire wire;
    auto at_client = client->secure(wire.client_below(), "localhost", "memory");
    wire.join(std::move(at_client), old_server(TLS1_2_VERSION, wire.server_below()));
    wire.settle();
    EXPECT_EQ(wire.client->secure().version(), "TLSv1.2");
    EXPECT_EQ(wire.client->secure().resumed(), i > 0) << i;
  }
}

TEST_F(TlsTest, ASessionIsResumedOnlyWhereItWasMade) {
  auto client = client_tls();
  auto server = server_tls();
  (void)handshake(*client, *server, "localhost");
  Wire wire;
  join(wire, *client, *server, "127.0.0.1");
  wire.settle();
  EXPECT_TRUE(wire.client->connected);
  EXPECT_FALSE(wire.client->secure().resumed());
}

TEST_F(TlsTest, AClientIsKnownByItsCertificateAlsoWhenItResumes) {
  auto server = server_tls(true);
  KeyPair own = folder_.write("cart", authority_.issue({.subject = "cart", .names = {"URI:spiffe://shop/host/cart"}}));
  auto client = client_tls(own);
  for (bool resumed : {false, true}) {
    Wire wire;
    join(wire, *client, *server);
    wire.client->say("?");
    wire.settle();
    ASSERT_TRUE(wire.server->secure().peer_identity().has_value()) << wire.server->failure;
    EXPECT_EQ(wire.server->secure().peer_identity()->subject, "CN=cart");
    EXPECT_THAT(wire.server->secure().peer_identity()->names, testing::ElementsAre("URI:spiffe://shop/host/cart"));
    EXPECT_EQ(wire.server->secure().resumed(), resumed);
  }
}

TEST_F(TlsTest, AClientWithoutACertificateIsRefusedWhereOneIsRequired) {
  auto server = server_tls(true);
  auto client = client_tls();
  auto [at_client, at_server] = handshake(*client, *server);
  EXPECT_THAT(at_client, HasSubstr("requires a client certificate: give TlsOptions::certificate"));
  EXPECT_THAT(at_server, HasSubstr("the client showed no certificate, which is required here"));
}

TEST_F(TlsTest, AClientOfAnotherAuthorityIsRefused) {
  auto server = server_tls(true);
  TestAuthority stranger("Stranger CA");
  auto client = client_tls(folder_.write("stranger", stranger.issue({.subject = "stranger"})));
  auto [at_client, at_server] = handshake(*client, *server);
  EXPECT_THAT(at_server, AllOf(HasSubstr("CN=stranger"), HasSubstr("CN=Stranger CA"), HasSubstr("client authorities")));
  EXPECT_THAT(at_client, HasSubstr("the server does not know the authority of our certificate"));
}

TEST_F(TlsTest, AnExpiredCertificateIsRefusedWithItsDate) {
  pair_ = folder_.write("server", authority_.issue({.valid_from_s = -7200, .valid_until_s = -3600}));
  auto server = server_tls();
  auto client = client_tls();
  auto [at_client, at_server] = handshake(*client, *server);
  EXPECT_THAT(at_client, AllOf(HasSubstr("the certificate of localhost (CN=localhost) expired on 20"), HasSubstr("renew")));
  EXPECT_THAT(at_server, HasSubstr("our certificate has expired"));
}

TEST_F(TlsTest, ValidityIsAsOfTheWorldsTime) {
  auto server = server_tls();
  world_.shift = -std::chrono::hours(2);
  auto client = client_tls();
  EXPECT_THAT(handshake(*client, *server).first, HasSubstr("compare the clocks"));
}

TEST_F(TlsTest, AnUnknownAuthorityIsNamed) {
  TestAuthority stranger("Stranger CA");
  pair_ = folder_.write("server", stranger.issue());
  auto server = server_tls();
  auto client = client_tls();
  auto [at_client, at_server] = handshake(*client, *server);
  EXPECT_THAT(at_client, AllOf(HasSubstr("of localhost"), HasSubstr("CN=Stranger CA"), HasSubstr("TlsOptions::roots")));
  EXPECT_THAT(at_server, HasSubstr("does not know the authority of our certificate"));
}

TEST_F(TlsTest, AnotherNameIsRefusedWithThoseThatFit) {
  auto server = server_tls();
  auto client = client_tls();
  for (const char* name : {"shop.example", "10.0.0.1"}) {
    auto [at_client, at_server] = handshake(*client, *server, name);
    EXPECT_THAT(at_client, AllOf(HasSubstr("is for DNS:localhost, IP:127.0.0.1, not for " + std::string(name)),
                                 HasSubstr("TlsOptions::server_name")));
    EXPECT_THAT(at_server, HasSubstr("refused our certificate"));
  }
  EXPECT_EQ(handshake(*client, *server, "127.0.0.1").first, "!");
}

TEST_F(TlsTest, OldVersionsAreRefused) {
  auto client = client_tls();
  {
    Wire wire;
    auto at_client = client->secure(wire.client_below(), "localhost", "memory");
    wire.join(std::move(at_client), old_server(TLS1_1_VERSION, wire.server_below()));
    wire.settle();
    EXPECT_THAT(wire.client->failure, HasSubstr("TLS 1.2"));
  }
  auto server = server_tls();
  Wire wire;
  auto at_client = raw_client(wire.client_below(), TLS1_1_VERSION, "\x02h2");
  wire.join(std::move(at_client), server->secure(wire.server_below()));
  wire.settle();
  EXPECT_THAT(wire.server->failure, HasSubstr("the client offers no TLS 1.2 or newer"));
}

TEST_F(TlsTest, ServersTakeHttp1AndClientsThatOfferNothing) {
  auto server = server_tls();
  struct Case {
    std::string_view offer;
    std::string_view chosen;
  };
  for (auto [offer, chosen] : {Case{"\x08http/1.1\x02h2", "h2"}, Case{"\x08http/1.1", "http/1.1"}, Case{"", ""}}) {
    Wire wire;
    auto at_client = raw_client(wire.client_below(), TLS1_2_VERSION, offer);
    wire.join(std::move(at_client), server->secure(wire.server_below()));
    wire.settle();
    EXPECT_TRUE(wire.server->connected) << wire.server->failure;
    EXPECT_EQ(wire.server->secure().protocol(), chosen);
  }
  Wire wire;
  auto at_client = raw_client(wire.client_below(), TLS1_3_VERSION, "\x03" "ftp");
  wire.join(std::move(at_client), server->secure(wire.server_below()));
  wire.settle();
  EXPECT_THAT(wire.server->failure, HasSubstr("offers neither h2 nor http/1.1"));
}

TEST_F(TlsTest, AServerWithoutHttp2IsNoGrpcServer) {
  auto client = client_tls();
  Wire wire;
  auto at_client = client->secure(wire.client_below(), "localhost", "memory");
  auto at_server = old_server(TLS1_3_VERSION, wire.server_below());
  SSL_CTX_set_alpn_select_cb(old_context_.get(), nullptr, nullptr);
  wire.join(std::move(at_client), std::move(at_server));
  wire.settle();
  EXPECT_THAT(wire.client->failure, HasSubstr("does not offer HTTP/2"));
}

TEST_F(TlsTest, CiphersThatHttp2ForbidsAreNotShared) {
  auto server = server_tls();
  Wire wire;
  SslContext context = make_context(TLS_client_method());
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA");
  prepare_for_streams(context.get());
  auto at_client = make_stream({.side = Side::client, .ssl = make_ssl(context.get())}, wire.client_below());
  wire.join(std::move(at_client), server->secure(wire.server_below()));
  wire.settle();
  EXPECT_THAT(wire.server->failure, HasSubstr("ciphers that HTTP/2 allows"));
}

TEST_F(TlsTest, WhoSpeaksNoTlsIsNamed) {
  auto server = server_tls();
  for (const char* greeting : {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    Wire wire;
    auto at_client = wire.client_below();
    wire.join(std::move(at_client), server->secure(wire.server_below()));
    wire.client_end->tell();
    wire.client->say(greeting);
    wire.settle();
    EXPECT_THAT(wire.server->failure, HasSubstr("the client does not speak TLS"));
    EXPECT_TRUE(wire.client->heard.starts_with("\x15\x03")) << "an alert tells the client";
  }
  auto client = client_tls();
  Wire wire;
  auto at_client = client->secure(wire.client_below(), "localhost", "memory");
  wire.join(std::move(at_client), wire.server_below());
  wire.server_end->tell();
  wire.server->say(std::string("\0\0\x06\4\0\0\0\0\0\0\5\0\0\x10\0", 15));
  wire.settle();
  EXPECT_THAT(wire.client->failure, HasSubstr("does not speak TLS there; call it without tls:"));
}

}  // namespace
}  // namespace holon::crypto
