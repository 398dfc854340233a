// What an HttpPeer learns of its server by what becomes of requests.
#include "client/http.h"
#include "client/http_script_server.h"
#include "fiber/call.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using Peer = ScriptServer::Peer;
using State = Breaker::State;

class HttpConductTest : public ::testing::Test {
 protected:
  HttpConductTest() {
    HttpLimits limits;
    limits.silence_time = milliseconds(150);
    limits.back_off_first = milliseconds(200);
    http_ = std::make_unique<HttpClient>(std::vector{&loop_}, limits);
  }
  std::shared_ptr<HttpPeer> of(const ScriptServer& server) { return http_->peer(HttpUrl::parse(server.url()).value().origin).value(); }

  Result<int> ask(const std::shared_ptr<HttpPeer>& peer, std::string_view method = "GET", bool leaves = false,
                  env::Duration patience = std::chrono::seconds(10)) {
    internal::RootCall call(env::os().now() + patience);
    HttpTransfer transfer = HOLON_TRY(HttpClient::send(call, peer, {.method = method, .target = "/", .authority = "x"}));
    const HttpResponse response = HOLON_TRY(transfer.response(call, leaves ? HttpPeer::MayLeave([] { return true; }) : nullptr));
    while (HOLON_TRY(transfer.read(call))) {
    }
    return response.status;
  }
  template <class Condition>
  bool eventually(Condition condition) {
    for (const env::Time until = env::os().now() + std::chrono::seconds(10); env::os().now() < until && !condition();) {
      fiber::Waiter waiter;
      waiter.wait(env::os().now() + milliseconds(1));
    }
    return condition();
  }

  fiber::Loop loop_{env::os(), 0};
  std::unique_ptr<HttpClient> http_;
};

void fails(Peer& peer) {
  while (!peer.head().empty()) peer.say("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
}

/// Answers questions whether it lives, and nothing else.
void broods(Peer& peer) {
  for (std::string head = peer.head(); !head.empty(); head = peer.head()) {
    if (head.starts_with("OPTIONS * HTTP/1.1\r\n")) peer.say("HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n");
  }
}

TEST_F(HttpConductTest, AClientThatIsSlowToSayWhatItWantsIsNoFailureOfTheServer) {
  ScriptServer server(loop_, broods);
  const auto peer = of(server);
  for (int i = 0; i < 30; ++i) {
    internal::RootCall call(env::os().now() + milliseconds(5));
    auto transfer = HttpClient::send(call, peer, {.method = "POST", .target = "/", .authority = "x", .has_body = true});
    ASSERT_TRUE(transfer.ok()) << transfer.error().to_string();
    EXPECT_EQ(transfer->response(call).code(), Code::deadline_exceeded);
  }
  EXPECT_TRUE(peer->fit());
}

TEST_F(HttpConductTest, WhoMayNotLeaveStaysThoughTheServerIsSilent) {
  int answered = 0;
  ScriptServer server(loop_, [&answered](Peer& client) {
    client.head();
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + milliseconds(600));
    client.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    ++answered;
  });
  const auto peer = of(server);
  internal::RootCall call(env::os().now() + std::chrono::seconds(10));
  auto transfer = HttpClient::send(call, peer, {.method = "GET", .target = "/", .authority = "x"});
  ASSERT_TRUE(transfer.ok()) << transfer.error().to_string();
  int asked = 0;
  EXPECT_EQ(transfer->response(call, [&] { return ++asked < 0; }).value().status, 200);
  EXPECT_GE(asked, 1) << "it was silent";
  EXPECT_TRUE(eventually([&] { return answered == 2; })) << "it was asked whether it lives";
  EXPECT_TRUE(eventually([turns = 0]() mutable { return ++turns > 10; })) << "who asked hears it";
}

TEST_F(HttpConductTest, WhoMostlyFailsTripsTheBreaker) {
  ScriptServer server(loop_, fails);
  const auto peer = of(server);
  for (int i = 0; i < 19; ++i) EXPECT_EQ(ask(peer).value(), 500);
  EXPECT_TRUE(peer->fit());
  EXPECT_EQ(ask(peer).value(), 500);
  EXPECT_EQ(peer->breaker().state(loop_.now()), State::open);
  EXPECT_FALSE(peer->fit());
  EXPECT_TRUE(peer->reachable());
}

TEST_F(HttpConductTest, WhoGoesWithoutAWordIsAbsent) {
  ScriptServer server(loop_, [](Peer& peer) { peer.head(); });
  const auto peer = of(server);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(peer, "POST").code(), Code::unavailable);
  EXPECT_EQ(peer->breaker().state(loop_.now()), State::open);
}

TEST_F(HttpConductTest, WhoAnswersLateFailsAndIsSlow) {
  ScriptServer server(loop_, broods);
  const auto peer = of(server);
  EXPECT_EQ(ask(peer, "GET", false, milliseconds(20)).code(), Code::deadline_exceeded);
  EXPECT_GT(peer->latency(), 20e6);
}

TEST_F(HttpConductTest, WhomNobodyReachesIsLeftAloneForAWhile) {
  const auto peer = http_->peer(HttpUrl::parse("http+unix:/nowhere").value().origin).value();
  EXPECT_EQ(ask(peer).code(), Code::unavailable);
  EXPECT_FALSE(peer->reachable());
  EXPECT_TRUE(eventually([&] { return peer->reachable(); }));
}

TEST_F(HttpConductTest, WhoStandsStillIsLeftByWhatCanBeRepeatedAndTakenAgainWhenItGoesOn) {
  bool frozen = true;
  ScriptServer server(loop_, [&](Peer& peer) {
    while (!peer.head().empty()) {
      eventually([&] { return !frozen; });
      peer.say_whole("ok");
    }
  });
  const auto peer = of(server);
  const env::Time before = loop_.now();
  EXPECT_EQ(ask(peer, "GET", true).code(), Code::unavailable);
  EXPECT_GE(loop_.now() - before, milliseconds(300));
  EXPECT_FALSE(peer->reachable());
  EXPECT_EQ(peer->breaker().state(loop_.now()), State::closed);
  EXPECT_LT(peer->latency(), 2e6) << "it stood still, and is no slower than before";
  frozen = false;
  EXPECT_TRUE(eventually([&] { return peer->reachable(); }));
  EXPECT_EQ(ask(peer).value(), 200);
}

TEST_F(HttpConductTest, WhoOnlyTakesLongIsNotLeft) {
  ScriptServer server(loop_, broods);
  const auto peer = of(server);
  EXPECT_EQ(ask(peer, "GET", true, milliseconds(700)).code(), Code::deadline_exceeded);
  EXPECT_TRUE(peer->reachable());
}

TEST_F(HttpConductTest, WhatMustNotBeDoneTwiceWaitsOn) {
  ScriptServer server(loop_, [](Peer& peer) { peer.wait_for_end(); });
  const auto peer = of(server);
  EXPECT_EQ(ask(peer, "POST", true, milliseconds(500)).code(), Code::deadline_exceeded);
  EXPECT_FALSE(peer->reachable());
  peer->retire();
  EXPECT_TRUE(eventually([&] { return server.open == 0; }));
}

}  // namespace
}  // namespace holon::client
