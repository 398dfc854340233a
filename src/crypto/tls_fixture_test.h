// A client and a server of TLS in one thread, joined in memory, and a fixture that has certificates for them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/context.h"
#include "crypto/memory_stream_test.h"
#include "crypto/stream.h"
#include "crypto/test_certificates.h"
#include "crypto/tls.h"
#include "env/real_world.h"

namespace holon::crypto {

using env::Bytes;
using env::Io;
using env::IoState;
using testing::AllOf;
using testing::HasSubstr;

/// The real world, at a time of its own.
class ShiftedWorld final : public env::RealWorld {
 public:
  env::Time now() override { return env::os().now() + shift; }
  env::WallTime wall() override { return env::os().wall() + std::chrono::duration_cast<std::chrono::seconds>(shift); }

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
  PemPair pair_text_ = authority_.issue();
  KeyPair pair_ = folder_.write("server", pair_text_);
  SslContext old_context_;
};

}  // namespace holon::crypto
