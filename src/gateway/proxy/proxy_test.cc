#include "gateway/proxy/proxy.h"

#include "client/http_script_server.h"
#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

using client::ScriptServer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;
using Peer = ScriptServer::Peer;
using testing::TestExchange;

class ProxyTest : public ::testing::Test {
 protected:
  void to(std::vector<std::string> urls) {
    to_.urls = std::move(urls);
    remake();
  }
  void remake() {
    auto made = Proxy::make(to_, {&loop_}, pools_, std::chrono::minutes(1));
    ASSERT_TRUE(made.ok()) << made.error().to_string();
    proxy_ = *std::move(made);
  }
  Outcome visit(TestExchange& exchange, RouteConfig route = {}) {
    return testing::visit(*proxy_, exchange, std::move(route));
  }
  TestExchange ask(std::string method = "GET", std::string target = "/", HeaderList headers = {},
                   std::vector<std::string> body = {}) {
    TestExchange exchange(testing::request(std::move(method), std::move(target), std::move(headers)), std::move(body));
    visit(exchange);
    return exchange;
  }
  /// What a client gets when the server says `text` and closes.
  TestExchange answer_of(std::string text, std::string method = "GET") {
    ScriptServer server(loop_, [text](Peer& peer) {
      peer.head();
      peer.say(text);
    });
    to({server.url()});
    return ask(std::move(method));
  }

  template <class Condition>
  bool eventually(Condition condition) {
    for (const env::Time until = env::os().now() + std::chrono::seconds(10); env::os().now() < until && !condition();) {
      fiber::Waiter waiter;
      waiter.wait(env::os().now() + std::chrono::milliseconds(1));
    }
    return condition();
  }

  fiber::Loop loop_{env::os(), 0};
  client::Pools pools_{{&loop_}};
  ToHttp to_;
  std::unique_ptr<Proxy> proxy_;
};

TEST_F(ProxyTest, ARequestAndItsAnswerPass) {
  std::string asked;
  ScriptServer server(loop_, [&](Peer& peer) {
    asked = peer.head();
    asked += peer.until("0\r\n\r\n");
    peer.say("HTTP/1.1 201 Created\r\nX-Kept: 1\r\nConnection: x-mine\r\nX-Mine: 2\r\nContent-Length: 2\r\n\r\nok");
  });
  to({server.url()});
  const TestExchange exchange = ask("POST", "/a%20b?c=d", {{"accept", "text/plain"}}, {"he", "llo"});
  EXPECT_THAT(asked, AllOf(StartsWith("POST /a%20b?c=d HTTP/1.1\r\nhost: localhost\r\naccept: text/plain\r\n"),
                           HasSubstr("transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")));
  EXPECT_EQ(exchange.status, 201);
  EXPECT_THAT(exchange.headers, ElementsAre(Pair("x-kept", "1")));
  EXPECT_EQ(exchange.length, 2);
  EXPECT_EQ(exchange.body, "ok");
  EXPECT_TRUE(exchange.ended);
}

TEST_F(ProxyTest, ConnectionsAreKept) {
  ScriptServer server(loop_, [](Peer& peer) {
    while (!peer.head().empty()) peer.say_whole("ok");
  });
  to({server.url()});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask().body, "ok");
  EXPECT_EQ(server.accepted, 1);
}

TEST_F(ProxyTest, AnswersWithoutABodyHaveNone) {
  EXPECT_EQ(answer_of("HTTP/1.1 204 No Content\r\n\r\n").status, 204);
  const TestExchange unmodified = answer_of("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(unmodified.status, 304);
  EXPECT_EQ(unmodified.body, "");
  const TestExchange head = answer_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD");
  EXPECT_EQ(head.length, 5);
  EXPECT_EQ(head.body, "");
  EXPECT_TRUE(head.ended);
}

TEST_F(ProxyTest, EarlyHintsAndTrailersPass) {
  const TestExchange exchange = answer_of(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 9\r\n\r\n");
  EXPECT_THAT(exchange.informed, ElementsAre(103));
  EXPECT_EQ(exchange.body, "ok");
  EXPECT_THAT(exchange.trailers, ElementsAre(Pair("x-sum", "9")));
}

TEST_F(ProxyTest, TheClientsHostIsKeptIfItIsToBe) {
  std::string asked;
  ScriptServer server(loop_, [&](Peer& peer) {
    asked = peer.head();
    peer.say_whole("");
  });
  to_.keep_host = true;
  to_.strip_prefix = "/shop";
  to({server.url() + ":/base"});
  ask("GET", "/shop/cart");
  EXPECT_THAT(asked, StartsWith("GET /base/cart HTTP/1.1\r\nhost: shop.example\r\n"));
}

// ---- what fails -----------------------------------------------------------------------------------------------------

TEST_F(ProxyTest, WhoCantBeReachedGivesWayAndRests) {
  ScriptServer server(loop_, [](Peer& peer) {
    while (!peer.head().empty() && !peer.until("0\r\n\r\n").empty()) peer.say_whole("ok");
  });
  to({"http+unix:/nowhere", server.url()});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(ask("POST", "/", {}, {"body"}).body, "ok");
}

TEST_F(ProxyTest, NobodyToBeReachedIs503AndSaysNoAddress) {
  to({"http+unix:/nowhere"});
  const TestExchange exchange = ask();
  EXPECT_EQ(exchange.status, 503);
  EXPECT_EQ(exchange.header("content-type"), "application/problem+json");
  EXPECT_THAT(exchange.body, AllOf(HasSubstr("cannot be reached"), Not(HasSubstr("nowhere"))));
}

TEST_F(ProxyTest, WhatIsNoAnswerIs502) {
  for (const char* text : {"", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5", "SSH-2.0-x\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
                           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"}) {
    EXPECT_EQ(answer_of(text).status, 502) << text;
  }
}

TEST_F(ProxyTest, AnAnswerThatEndsBeforeItsEndIsCutOff) {
  const TestExchange exchange = answer_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_EQ(exchange.body, "hel");
  EXPECT_TRUE(exchange.aborted);
  EXPECT_FALSE(exchange.ended);
}

TEST_F(ProxyTest, WhoAnswersTooLateIs504) {
  ScriptServer server(loop_, [](Peer& peer) { peer.wait_for_end(); });
  to({server.url()});
  TestExchange exchange(testing::request("GET", "/"));
  testing::VisitWorld world(exchange);
  internal::CallAccess::set_deadline(world.call, loop_.now() + std::chrono::milliseconds(20));
  testing::visit(*proxy_, exchange, world);
  EXPECT_EQ(exchange.status, 504);
}

TEST_F(ProxyTest, AClientsBadBodyIsItsOwnFault) {
  ScriptServer server(loop_, [](Peer& peer) { peer.wait_for_end(); });
  to({server.url()});
  TestExchange exchange(testing::request("POST", "/"), {"piece"});
  exchange.fail_reading(resource_exhausted("the body is too large"));
  visit(exchange);
  EXPECT_EQ(exchange.status, 413);
  EXPECT_TRUE(eventually([&] { return server.open == 0; }));
}

TEST_F(ProxyTest, AnAnswerBeforeTheRequestsEndIsGiven) {
  ScriptServer server(loop_, [](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nmuch");
  });
  to({server.url()});
  const TestExchange exchange = ask("POST", "/", {}, std::vector<std::string>(1000, std::string(16 << 10, 'x')));
  EXPECT_EQ(exchange.status, 413);
  EXPECT_EQ(exchange.body, "much");
}

TEST_F(ProxyTest, AClientThatLeavesEndsTheRequestAtTheServer) {
  ScriptServer server(loop_, [&](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
    peer.wait_for_end();
  });
  to({server.url()});
  TestExchange exchange(testing::request("GET", "/events"));
  exchange.leave_after(1);
  visit(exchange);
  EXPECT_THAT(exchange.written, ElementsAre("data: 1\n\n"));
  EXPECT_TRUE(eventually([&] { return server.open == 0; }));
}

// ---- WebSocket ------------------------------------------------------------------------------------------------------

server::HttpRequest websocket_request() {
  server::HttpRequest request = testing::request(
      "GET", "/chat", {{"sec-websocket-version", "13"}, {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}});
  request.upgrade = "websocket";
  return request;
}

constexpr std::string_view switching =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

TEST_F(ProxyTest, AWebSocketIsATunnel) {
  std::string asked;
  ScriptServer server(loop_, [&](Peer& peer) {
    asked = peer.head();
    peer.say(std::string(switching) + "welcome");
    const std::string said = peer.exactly(5);
    peer.say("echo " + said);
  });
  to({server.url()});
  TestExchange exchange(websocket_request());
  exchange.add_piece("hello");
  visit(exchange);
  EXPECT_THAT(asked, AllOf(HasSubstr("connection: upgrade\r\nupgrade: websocket\r\n"), HasSubstr("sec-websocket-key: ")));
  EXPECT_TRUE(exchange.switched);
  EXPECT_EQ(exchange.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(exchange.body, "welcomeecho hello");
  EXPECT_TRUE(exchange.ended);
}

TEST_F(ProxyTest, AWebSocketThatTheServerRefusesIsItsAnswer) {
  ScriptServer server(loop_, [](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  });
  to({server.url()});
  TestExchange exchange(websocket_request());
  visit(exchange);
  EXPECT_EQ(exchange.status, 403);
  EXPECT_EQ(exchange.body, "no");
}

TEST_F(ProxyTest, AHandshakeThatIsNoneGoesNowhere) {
  to({"http+unix:/nowhere"});
  server::HttpRequest request = websocket_request();
  request.headers[1].second = "short";
  TestExchange exchange(std::move(request));
  visit(exchange);
  EXPECT_EQ(exchange.status, 400);
}

}  // namespace
}  // namespace holon::gateway
