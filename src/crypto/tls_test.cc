#include "crypto/tls.h"

#include <cerrno>

#include "crypto/context.h"
#include "crypto/memory_stream_test.h"
#include "crypto/stream.h"
#include "crypto/test_certificates.h"

namespace holon::crypto {
namespace {

using env::Bytes;
using env::Io;
using env::IoState;
using testing::AllOf;
using testing::HasSubstr;

/// The real world, at a time of its own.
class ShiftedWorld final : public env::Environment {
 public:
  env::Time now() override { return env::os().now() + shift; }
  env::WallTime wall() override { return env::os().wall() + std::chrono::duration_cast<std::chrono::seconds>(shift); }
  std::uint64_t random() override { return env::os().random(); }
  std::unique_ptr<env::Reactor> make_reactor() override { return env::os().make_reactor(); }
  env::Disk& disk() override { return env::os().disk(); }
  env::Processes& processes() override { return env::os().processes(); }

  env::Duration shift{};
};

/// Writes what it has to say as there is room, and keeps what it hears.
class Talker final : public env::Watcher {
 public:
  Talker(std::unique_ptr<env::Stream> stream, std::mt19937& random) : stream(std::move(stream)), random_(random) {
    this->stream->watch(*this);
  }

  void ready(bool readable, bool writable) override {
    if (!connected && writable) {
      if (stream->connect_error() != 0) return note_failure();
      connected = true;
    }
    if (writable) write();
    if (readable) read();
  }

  void say(const std::string& text) {
    to_say += text;
    if (connected) write();
  }
  SecureStream& secure() { return static_cast<SecureStream&>(*stream); }

  std::unique_ptr<env::Stream> stream;
  std::string to_say;
  std::string heard;
  std::string failure;
  bool connected = false;
  bool ended = false;
  std::size_t longest_piece = SIZE_MAX;

 private:
  void note_failure() { failure = stream->failure().empty() ? "errno" : stream->failure(); }

  void write() {
    while (!to_say.empty()) {
      Bytes all = std::as_bytes(std::span(to_say)).first(std::min(to_say.size(), 1 + random_() % longest_piece));
      std::size_t cut = random_() % (all.size() + 1);
      Bytes pieces[] = {all.first(cut), all.subspan(cut)};
      Io io = stream->write(pieces);
      if (io.state == IoState::failed) return note_failure();
      to_say.erase(0, io.bytes);
      if (io.bytes < all.size()) return;
    }
  }

  void read() {
    std::vector<std::byte> into(1 + random_() % (64 << 10));
    for (;;) {
      Io io = stream->read(into);
      heard.append(reinterpret_cast<const char*>(into.data()), io.bytes);
      if (io.state == IoState::failed) return note_failure();
      if (io.state == IoState::ended) ended = true;
      if (io.state != IoState::done || !io.more) return;
    }
  }

  std::mt19937& random_;
};

/// Two ends joined in memory.
struct Wire {
  explicit Wire(unsigned seed = 1) : random(seed) {}

  std::unique_ptr<env::Stream> client_below() {
    auto end = std::make_unique<MemoryEnd>(to_client, to_server, random);
    client_end = end.get();
    return end;
  }
  std::unique_ptr<env::Stream> server_below() {
    auto end = std::make_unique<MemoryEnd>(to_server, to_client, random);
    server_end = end.get();
    return end;
  }
  void join(std::unique_ptr<env::Stream> at_client, std::unique_ptr<env::Stream> at_server) {
    client = std::make_unique<Talker>(std::move(at_client), random);
    server = std::make_unique<Talker>(std::move(at_server), random);
  }
  /// Until nobody has anything more to do.
  void settle() {
    for (int turns = 0; turns < 1'000'000; ++turns) {
      bool client_told = client != nullptr && client_end->tell();
      bool server_told = server != nullptr && server_end->tell();
      if (!client_told && !server_told) return;
    }
    FAIL() << "they never come to rest";
  }

  std::mt19937 random;
  Flow to_client;
  Flow to_server;
  MemoryEnd* client_end = nullptr;
  MemoryEnd* server_end = nullptr;
  std::unique_ptr<Talker> client;
  std::unique_ptr<Talker> server;
};

class TlsTest : public testing::Test {
 protected:
  template <class T>
  static T must(Result<T> result) {
    if (!result.ok()) throw std::runtime_error(result.error().to_string());
    return std::move(result).value();
  }
  std::shared_ptr<ServerTls> server_tls(bool ask_clients = false) {
    ServerTlsFiles files{.pairs = {pair_}, .client_ca = {}};
    if (ask_clients) files.client_ca = roots_;
    return must(ServerTls::load(world_, files));
  }
  std::shared_ptr<ClientTls> client_tls(const KeyPair& own = {}) {
    return must(ClientTls::load(world_, {.roots = roots_, .own = own}));
  }
  /// A server of any version, with no ALPN unless it is given.
  std::unique_ptr<SecureStream> old_server(int version, std::unique_ptr<env::Stream> below) {
    if (old_context_ == nullptr) {
      old_context_ = make_context(TLS_server_method());
      SSL_CTX_set_min_proto_version(old_context_.get(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(old_context_.get(), version);
      SSL_CTX_set_cipher_list(old_context_.get(), "ALL:@SECLEVEL=0");
      FileContents contents = {{pair_.certificate, pair_text_.certificate}, {pair_.key, pair_text_.key}};
      EXPECT_TRUE(use_pair(old_context_.get(), pair_, contents).ok());
      SSL_CTX_set_alpn_select_cb(old_context_.get(), choose_h2, nullptr);
      prepare_for_streams(old_context_.get());
    }
    return make_stream({.side = Side::server, .ssl = make_ssl(old_context_.get())}, std::move(below));
  }
  static int choose_h2(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered, unsigned, void*) {
    *chosen = offered + 1;
    *size = offered[0];
    return SSL_TLSEXT_ERR_OK;
  }
  /// A client that says of itself what a ClientTls never would.
  std::unique_ptr<SecureStream> raw_client(std::unique_ptr<env::Stream> below, int version, std::string_view alpn) {
    SslContext context = make_context(TLS_client_method());
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                            static_cast<unsigned>(alpn.size()));
    prepare_for_streams(context.get());
    return make_stream({.side = Side::client, .ssl = make_ssl(context.get())}, std::move(below));
  }

  void join(Wire& wire, ClientTls& client, ServerTls& server, const std::string& name = "localhost") {
    auto at_client = client.secure(wire.client_below(), name, "memory");
    wire.join(std::move(at_client), server.secure(wire.server_below()));
  }
  /// What a handshake comes to, in words: for the client, for the server.
  std::pair<std::string, std::string> handshake(ClientTls& client, ServerTls& server, const std::string& name = "localhost") {
    Wire wire;
    join(wire, client, server, name);
    wire.client->say("?");
    wire.settle();
    if (wire.server->heard == "?") {
      wire.server->say("!");
      wire.settle();
    }
    std::string at_client = wire.client->failure.empty() ? wire.client->heard : wire.client->failure;
    return {at_client, wire.server->failure.empty() ? wire.server->heard : wire.server->failure};
  }

  ShiftedWorld world_;
  TestAuthority authority_{"Test CA"};
  TestFolder folder_;
  std::filesystem::path roots_ = folder_.write("ca.pem", authority_.certificate());
  TestPair pair_text_ = authority_.issue();
  KeyPair pair_ = folder_.write("server", pair_text_);
  SslContext old_context_;
};

std::string random_text(std::mt19937& random, std::size_t most) {
  std::string text(random() % most, 0);
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

TEST_F(TlsTest, CarriesEverythingHoweverItIsCut) {
  auto server = server_tls();
  auto client = client_tls();
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Wire wire(seed);
    std::size_t room[] = {1, 100, 5'000, 70'000, SIZE_MAX};
    std::size_t cut[] = {3, 700, 20'000, SIZE_MAX};
    wire.to_client.room = room[seed % 5];
    wire.to_server.room = room[seed / 5 % 5];
    auto at_client = client->secure(wire.client_below(), "localhost", "memory");
    std::unique_ptr<SecureStream> at_server =
        seed % 2 == 0 ? server->secure(wire.server_below()) : old_server(TLS1_2_VERSION, wire.server_below());
    wire.join(std::move(at_client), std::move(at_server));
    wire.client_end->longest_read = wire.server_end->longest_read = cut[seed % 4];
    wire.client->longest_piece = wire.server->longest_piece = cut[seed / 4 % 4];
    std::size_t most = wire.to_client.room == 1 || wire.to_server.room == 1 || seed % 4 == 0 || seed / 4 % 4 == 0 ? 2'000 : 300'000;
    std::string from_client = random_text(wire.random, most);
    std::string from_server = random_text(wire.random, most);
    wire.client->say(from_client);
    wire.server->say(from_server);
    wire.settle();
    EXPECT_TRUE(wire.server->heard == from_client) << wire.server->heard.size() << " of " << from_client.size() << wire.server->failure;
    EXPECT_TRUE(wire.client->heard == from_server) << wire.client->heard.size() << " of " << from_server.size() << wire.client->failure;
    wire.client->stream->end_writing();
    wire.settle();
    EXPECT_TRUE(wire.server->ended);
    EXPECT_EQ(wire.server->failure, "");
    wire.server->say("you may go on listening");
    wire.settle();
    EXPECT_TRUE(wire.client->heard.ends_with("you may go on listening"));
  }
}

TEST_F(TlsTest, AgreesOnHttp2AndTls13) {
  Wire wire;
  auto client = client_tls();
  auto server = server_tls();
  join(wire, *client, *server);
  wire.settle();
  for (Talker* each : {wire.client.get(), wire.server.get()}) {
    EXPECT_TRUE(each->connected);
    EXPECT_EQ(each->secure().protocol(), "h2");
    EXPECT_EQ(each->secure().version(), "TLSv1.3");
    EXPECT_FALSE(each->secure().resumed());
  }
  EXPECT_THAT(wire.client->secure().peer_identity()->names, testing::ElementsAre("DNS:localhost", "IP:127.0.0.1"));
  EXPECT_FALSE(wire.server->secure().peer_identity().has_value());
}

TEST_F(TlsTest, WhatIsWrittenTogetherLeavesTogether) {
  Wire wire;
  auto client = client_tls();
  auto server = server_tls();
  join(wire, *client, *server);
  wire.settle();
  std::string text(200'000, 'x');
  int before = wire.server_end->writes;
  Bytes pieces[] = {std::as_bytes(std::span(text)).first(10), std::as_bytes(std::span(text)).subspan(10)};
  EXPECT_EQ(wire.server->stream->write(pieces).bytes, text.size());
  EXPECT_EQ(wire.server_end->writes, before + 1);
  std::size_t records = (text.size() + (16 << 10) - 1) / (16 << 10);
  EXPECT_LE(wire.to_client.bytes.size(), text.size() + (records + 1) * 22) << "records are full";
  wire.settle();
  EXPECT_TRUE(wire.client->heard == text);
}

TEST_F(TlsTest, ReadsNoMoreThanItWasTold) {
  Wire wire;
  auto client = client_tls();
  auto server = server_tls();
  join(wire, *client, *server);
  wire.settle();
  int before = wire.server_end->reads;
  wire.client->say("hello");
  wire.settle();
  EXPECT_EQ(wire.server->heard, "hello");
  EXPECT_EQ(wire.server_end->reads, before + 1);
  std::vector<std::byte> into(100);
  EXPECT_EQ(wire.server->stream->read(into).state, IoState::blocked);
  EXPECT_EQ(wire.server_end->reads, before + 1) << "it asked below without being told that there is more";
}

TEST_F(TlsTest, ACutConnectionHasFailedNotEnded) {
  Wire wire;
  auto client = client_tls();
  auto server = server_tls();
  join(wire, *client, *server);
  wire.client->say("half a mess");
  wire.settle();
  wire.client_end->end_writing();
  wire.settle();
  EXPECT_FALSE(wire.server->ended);
  EXPECT_EQ(wire.server->heard, "half a mess");
  EXPECT_THAT(wire.server->failure, HasSubstr("cut off"));
}

TEST_F(TlsTest, WhoIsCutOffInTheHandshakeIsToldSo) {
  Wire wire;
  auto client = client_tls();
  auto server = server_tls();
  join(wire, *client, *server);
  wire.client_end->tell();
  wire.client_end->end_writing();
  wire.settle();
  EXPECT_THAT(wire.server->failure, HasSubstr("cut off"));
  EXPECT_FALSE(wire.server->connected);
}

TEST_F(TlsTest, AStreamThatCannotConnectSaysWhy) {
  Wire wire;
  auto client = client_tls();
  auto server = server_tls();
  join(wire, *client, *server);
  wire.client_end->refused = ECONNREFUSED;
  wire.settle();
  EXPECT_FALSE(wire.client->connected);
  EXPECT_EQ(wire.client->stream->connect_error(), ECONNREFUSED);
}

TEST_F(TlsTest, AChangedByteIsNoticed) {
  Wire wire;
  auto client = client_tls();
  auto server = server_tls();
  join(wire, *client, *server);
  wire.settle();
  wire.client->say("pay 10");
  wire.to_server.bytes.back() ^= 1;
  wire.settle();
  EXPECT_EQ(wire.server->heard, "");
  EXPECT_THAT(wire.server->failure, HasSubstr("bad record mac"));
}

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
