#include "crypto/stream.h"

#include <cerrno>

#include "crypto/tls_fixture_test.h"

namespace holon::crypto {
namespace {

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

}  // namespace
}  // namespace holon::crypto
