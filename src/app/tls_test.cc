// Calls over TLS, from a Client on a thread of its own to a host with two loops.

#include <atomic>
#include <optional>
#include <thread>

#include "app/assembly.h"
#include "app/host.h"
#include "client/pool.h"
#include "crypto/test_certificates.h"
#include "fiber/call.h"
#include "holon/client.h"
#include "telemetry/refusals.h"
#include "testdata/probe.holon.h"

namespace holon {
namespace {

using crypto::TestAuthority;
using probe::v1::Message;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Leaf final : public probe::v1::Leaf::Service {
 public:
  Result<Message> Echo(Call&, const Message& request) override { return request; }
  Result<Message> Fail(Call&, const Message&) override { return not_found("as it should"); }
  Result<void> Count(Call&, const Message& request, Writer<Message>& out) override {
    Message message;
    message.set_text(request.text());
    for (int i = 0; i < request.number(); ++i) HOLON_TRY(out.write(message));
    return {};
  }
};

/// A host on threads of its own, which listens with TLS and without.
class HostThread {
 public:
  explicit HostThread(app::Options options) {
    options.loops = 2;
    options.listen = {*env::Address::parse("127.0.0.1:0")};
    options.listen_tls = {*env::Address::parse("127.0.0.1:0")};
    std::atomic<bool> up{false};
    thread_ = std::thread([this, &up, options = std::move(options)] {
      app::Host host(env::os(), options);
      host_ = &host;
      host.add(internal::factory_of<Leaf>());
      host.on_ready([&] { up = true; });
      host.run();
    });
    while (!up) std::this_thread::yield();
  }
  ~HostThread() {
    host_->stop();
    thread_.join();
  }
  std::string port() const { return std::to_string(host_->tls_addresses().front().port); }
  std::string plain_port() const { return std::to_string(host_->addresses().front().port); }

 private:
  app::Host* host_ = nullptr;
  std::thread thread_;
};

class TlsHostTest : public ::testing::Test {
 protected:
  TlsHostTest() {
    options_.tls.pairs = {folder_.write("server", authority_.issue())};
    options_.data = folder_.path("data");
  }

  void start() {
    host_.emplace(options_);
    port_ = host_->port();
    plain_port_ = host_->plain_port();
  }

  static Result<Message> echo(Client& client, const std::string& text = "hello") {
    Ref<probe::v1::Leaf> leaf(client);
    auto call = client.call(seconds(10));
    Message request;
    request.set_text(text);
    return leaf->Echo(*call, request);
  }
  static std::string failure(const std::string& address, const ClientOptions& options) {
    Client client(address, options);
    Result<Message> reply = echo(client);
    EXPECT_FALSE(reply.ok());
    return reply.ok() ? "" : reply.error().to_string();
  }
  ClientOptions trusting() const { return {.tls = {.roots = roots_}}; }

  TestAuthority authority_{"Test CA"};
  crypto::TestFolder folder_;
  std::string roots_ = folder_.write("ca.pem", authority_.certificate());
  app::Options options_;
  std::optional<HostThread> host_;
  std::string port_;
  std::string plain_port_;
};

TEST_F(TlsHostTest, CallsAndStreamsGoOverTls) {
  start();
  std::string address = "tls:localhost:" + port_;
  holon::ClientOptions options;
  options.tls.roots = folder_.path("ca.pem");  // whom to trust; the system's authorities if nothing is said
  holon::Client client(address, options);
  holon::Ref<probe::v1::Leaf> leaf(client);
  for (std::size_t size : {0u, 100u, 100'000u, 3'000'000u}) {
    Result<Message> reply = echo(client, std::string(size, 'x'));
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    EXPECT_EQ(reply->text().size(), size);
  }
  auto call = client.call(seconds(10));
  Message request;
  request.set_number(100);
  request.set_text(std::string(20'000, 'x'));
  Reader<Message> reader = leaf->Count(*call, request);
  int messages = 0;
  for (;;) {
    Result<std::optional<Message>> next = reader.next();
    ASSERT_TRUE(next.ok()) << next.error().to_string();
    if (!*next) break;
    ++messages;
  }
  EXPECT_EQ(messages, 100);
}

TEST_F(TlsHostTest, ManyClientsAtOnce) {
  start();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int connection = 0; connection < 5; ++connection) {
        Client client("tls:127.0.0.1:" + port_, trusting());
        for (int call = 0; call < 20; ++call) EXPECT_TRUE(echo(client).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(TlsHostTest, WhoIsNotTrustedIsNamedWithTheRemedy) {
  start();
  TestAuthority stranger("Stranger CA");
  ClientOptions strange = trusting();
  strange.tls.roots = folder_.write("stranger.pem", stranger.certificate());
  EXPECT_THAT(failure("tls:localhost:" + port_, strange),
              AllOf(HasSubstr("UNAVAILABLE: tls:127.0.0.1:" + port_), HasSubstr("CN=Test CA"), HasSubstr("TlsOptions::roots")));
  ClientOptions misnamed = trusting();
  misnamed.tls.server_name = "shop.example";
  EXPECT_THAT(failure("tls:localhost:" + port_, misnamed), HasSubstr("is for DNS:localhost, IP:127.0.0.1, not for shop.example"));
}

TEST_F(TlsHostTest, AHandshakeThatFailsIsCounted) {
  start();
  std::uint64_t before = telemetry::refusals_of("tls_handshake");
  ClientOptions misnamed = trusting();
  misnamed.tls.server_name = "shop.example";
  (void)failure("tls:localhost:" + port_, misnamed);
  auto until = Clock::now() + seconds(10);
  while (telemetry::refusals_of("tls_handshake") == before && Clock::now() < until) std::this_thread::yield();
  EXPECT_GT(telemetry::refusals_of("tls_handshake"), before);
}

TEST_F(TlsHostTest, PlainAndTlsMeetWithAClearError) {
  start();
  EXPECT_THAT(failure("127.0.0.1:" + port_, {}), HasSubstr("tls:HOST:PORT"));
  EXPECT_THAT(failure("tls:localhost:" + plain_port_, trusting()), HasSubstr("does not speak TLS there"));
}

TEST_F(TlsHostTest, ClientsShowTheirCertificateWhereItIsRequired) {
  options_.tls.client_ca = roots_;
  start();
  EXPECT_THAT(failure("tls:localhost:" + port_, trusting()), HasSubstr("requires a client certificate"));
  folder_.write("cart", authority_.issue({.subject = "cart", .names = {"URI:spiffe://shop/host/cart"}}));
  holon::ClientOptions options = trusting();
  options.tls.certificate = folder_.path("cart.pem");
  options.tls.key = folder_.path("cart.key");
  Client client("tls:localhost:" + port_, options);
  Result<Message> reply = echo(client);
  EXPECT_TRUE(reply.ok()) << reply.error().to_string();
}

TEST_F(TlsHostTest, ANewCertificateIsShownToNewConnectionsWithoutARestart) {
  start();
  Client old("tls:localhost:" + port_, trusting());
  ASSERT_TRUE(echo(old).ok());
  TestAuthority next("Next CA");
  folder_.write("server", next.issue());
  ClientOptions trusting_next = trusting();
  trusting_next.tls.roots = folder_.write("next.pem", next.certificate());
  auto until = Clock::now() + seconds(10);
  bool seen = false;
  while (!seen && Clock::now() < until) {
    Client fresh("tls:localhost:" + port_, trusting_next);
    seen = echo(fresh).ok();
  }
  EXPECT_TRUE(seen);
  EXPECT_TRUE(echo(old).ok());
}

TEST_F(TlsHostTest, AnEndpointThatRefusesOrIsRefusedIsPassedOver) {
  start();
  const TestAuthority stranger("Stranger CA");
  app::Options unknown = options_;  // we do not trust it
  unknown.tls.pairs = {folder_.write("stranger", stranger.issue())};
  app::Options expired = options_;
  expired.tls.pairs = {folder_.write("expired", authority_.issue({.valid_until_s = -60}))};
  app::Options picky = options_;  // it does not trust us
  picky.tls.client_ca = folder_.write("stranger-ca.pem", stranger.certificate());
  for (const app::Options& other : {unknown, expired, picky}) {
    HostThread refused(other);
    fiber::Loop loop(env::os(), 0);
    const auto tls = crypto::ClientTls::load(
        env::os(), {.roots = roots_, .own = folder_.write("cart", authority_.issue({.subject = "cart"}))}).value();
    for (int round = 0; round < 5; ++round) {  // whichever is asked first
      client::Pools pools({&loop});
      client::Endpoints endpoints;
      for (const std::string& port : {refused.port(), port_}) {
        endpoints.everything.push_back(client::Endpoint::parse("tls:127.0.0.1:" + port, tls).value());
      }
      pools.update(std::move(endpoints));
      app::Assembly refs({}, &pools);
      Ref<probe::v1::Leaf> leaf = refs.ref<probe::v1::Leaf>();
      internal::RootCall call(env::os().now() + seconds(10));
      EXPECT_EQ(leaf->Fail(call, {}).code(), Code::not_found) << "which is the handler's, of a method that is not idempotent";
    }
  }
}

TEST(TlsClient, WhatCannotBeUsedIsRefusedAtOnce) {
  auto refusal = [](const std::string& address, const TlsOptions& tls) -> std::string {
    try {
      Client client(address, {.tls = tls});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  TlsOptions missing;
  missing.roots = "no/such/file.pem";
  EXPECT_THAT(refusal("tls:localhost:1", missing), HasSubstr("no/such/file.pem"));
  EXPECT_THAT(refusal("localhost:1", missing), HasSubstr("write tls:localhost:1"));
  EXPECT_THAT(refusal("tls:shop.example:443", {}), HasSubstr("no IP address"));
}

TEST(TlsArguments, GoTogether) {
  auto parsed = app::parse_options({"--holon-listen=tls:127.0.0.1:443", "--holon-tls-cert=a.pem", "--holon-tls-key=a.key",
                                    "--tls-cert", "b.pem", "--tls-key", "b.key", "--holon-tls-client-ca=ca.pem"});
  ASSERT_TRUE(parsed.ok()) << parsed.error().to_string();
  EXPECT_EQ(parsed->listen_tls.front().to_string(), "127.0.0.1:443");
  ASSERT_EQ(parsed->tls.pairs.size(), 2u);
  EXPECT_EQ(parsed->tls.pairs[1].key, "b.key");
  EXPECT_EQ(parsed->tls.client_ca, "ca.pem");
  auto refusal = [](const std::vector<std::string>& arguments) {
    auto options = app::parse_options(arguments);
    return options.ok() ? "" : options.error().message();
  };
  EXPECT_THAT(refusal({"--listen=tls:127.0.0.1:443"}), HasSubstr("TLS needs --tls-cert=FILE"));
  EXPECT_THAT(refusal({"--listen=tls:127.0.0.1:443", "--tls-cert=a"}), HasSubstr("--tls-key=FILE after it"));
  EXPECT_THAT(refusal({"--listen=tls:127.0.0.1:443", "--tls-key=a"}), HasSubstr("--tls-cert=FILE before it"));
  EXPECT_THAT(refusal({"--tls-cert=a", "--tls-key=a"}), HasSubstr("--listen=tls:HOST:PORT"));
}

}  // namespace
}  // namespace holon
