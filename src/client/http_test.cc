#include "client/http.h"

#include "client/http_script_server.h"
#include "fiber/call.h"
#include "holon/task.h"

namespace holon::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using Peer = ScriptServer::Peer;

class HttpTest : public testing::Test {
 protected:
  HttpTest() { limit({}); }

  void limit(const HttpLimits& limits) { http_ = std::make_unique<HttpClient>(std::vector{&loop_}, limits); }
  Result<HttpAnswer> get(const ScriptServer& server, const FetchOptions& options = {}) {
    internal::RootCall call(loop_.environment().now() + std::chrono::seconds(10));
    return fetch(call, *http_, server.url() + ":/x", options);
  }
  /// What a server that says `text` and closes is understood to have answered.
  Result<HttpAnswer> answer_of(std::string_view text) {
    ScriptServer server(loop_, [text = std::string(text)](Peer& peer) {
      peer.head();
      peer.say(text);
    });
    return get(server);
  }
  template <class Condition>
  bool eventually(Condition condition) {
    for (env::Time until = env::os().now() + std::chrono::seconds(10); env::os().now() < until && !condition();) turn();
    return condition();
  }
  void turn() {
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + std::chrono::milliseconds(1));
  }

  fiber::Loop loop_{env::os(), 0};
  std::unique_ptr<HttpClient> http_;
};

TEST_F(HttpTest, FetchesWhatAServerAnswers) {
  std::string asked;
  ScriptServer server(loop_, [&](Peer& peer) {
    asked = peer.head();
    peer.say("HTTP/1.1 404 Not Found\r\nX-Sum: 1\r\nContent-Length: 5\r\n\r\nhello");
  });
  const auto answer = get(server, {.headers = {{"accept", "text/plain"}}});
  ASSERT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_EQ(asked, "GET /x HTTP/1.1\r\nhost: localhost\r\naccept: text/plain\r\n\r\n");
  EXPECT_EQ(answer->status, 404);
  EXPECT_THAT(answer->headers, ElementsAre(Pair("x-sum", "1")));
  EXPECT_EQ(answer->body, "hello");
}

TEST_F(HttpTest, ABodyIsFetchedInEachOfItsForms) {
  EXPECT_EQ(answer_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")->body, "hello");
  EXPECT_EQ(answer_of("HTTP/1.1 200 OK\r\n\r\nhello")->body, "hello");
  EXPECT_EQ(answer_of("HTTP/1.0 200\r\n\r\nhello")->body, "hello");
  EXPECT_EQ(answer_of("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 None\r\n\r\n")->status, 204);
}

TEST_F(HttpTest, ABodyIsSent) {
  ScriptServer server(loop_, [](Peer& peer) {
    const std::string head = peer.head();
    peer.say_whole(head + peer.exactly(5));
  });
  EXPECT_EQ(get(server, {.method = "POST", .body = "hello"})->body,
            "POST /x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\nhello");
}

TEST_F(HttpTest, MoreThanIsWantedIsRefused) {
  ScriptServer server(loop_, [](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 200 OK\r\n\r\n");
    while (!peer.ended()) {
      peer.say(std::string(64 << 10, 'x'));
      if (peer.broken()) return;
    }
  });
  const auto answer = get(server, {.bytes_max = 1 << 20});
  EXPECT_EQ(answer.code(), Code::resource_exhausted);
  EXPECT_THAT(answer.error().message(), HasSubstr("1048576 bytes"));
}

// ---- connections ----------------------------------------------------------------------------------------------------

void serve(Peer& peer) {
  while (!peer.head().empty()) peer.say_whole("ok");
}

TEST_F(HttpTest, ConnectionsAreKept) {
  ScriptServer server(loop_, serve);
  for (int i = 0; i < 10; ++i) ASSERT_EQ(get(server)->body, "ok");
  EXPECT_EQ(server.accepted, 1);
}

TEST_F(HttpTest, OneThatTheServerKeepsNoLongerIsClosed) {
  ScriptServer server(loop_, [](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n");
    peer.wait_for_end();
  });
  ASSERT_TRUE(get(server).ok());
  EXPECT_TRUE(eventually([&] { return server.open == 0; }));
}

TEST_F(HttpTest, OneThatIsIdleTooLongIsClosed) {
  HttpLimits limits;
  limits.idle_time = std::chrono::milliseconds(20);
  limit(limits);
  ScriptServer server(loop_, serve);
  ASSERT_TRUE(get(server).ok());
  EXPECT_TRUE(eventually([&] { return server.open == 0; }));
  ASSERT_TRUE(get(server).ok());
  EXPECT_EQ(server.accepted, 2);
}

/// Answers one request, then takes a second one and closes without a word, once.
struct Forgetful {
  int asked = 0;
  void operator()(Peer& peer) {
    peer.head();
    ++asked;
    peer.say_whole("ok");
    if (!peer.head().empty()) ++asked;
  }
};

TEST_F(HttpTest, ARequestThatCanBeRepeatedIsWhenItsKeptConnectionDies) {
  Forgetful forgetful;
  ScriptServer server(loop_, std::ref(forgetful));
  ASSERT_TRUE(get(server).ok());
  const auto again = get(server);
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(forgetful.asked, 3);
  EXPECT_EQ(server.accepted, 2);
}

TEST_F(HttpTest, OneThatCannotIsNot) {
  Forgetful forgetful;
  ScriptServer server(loop_, std::ref(forgetful));
  ASSERT_TRUE(get(server).ok());
  const auto again = get(server, {.method = "POST"});
  EXPECT_EQ(again.code(), Code::unavailable);
  EXPECT_THAT(again.error().message(), HasSubstr("without an answer"));
  EXPECT_EQ(forgetful.asked, 2);
}

TEST_F(HttpTest, WhatTheServerClosedMeanwhileIsNotUsedForAPost) {
  ScriptServer server(loop_, [](Peer& peer) {
    peer.head();
    peer.say_whole("ok");
  });
  for (int i = 0; i < 5; ++i) ASSERT_EQ(get(server, {.method = "POST"})->body, "ok") << i;
  EXPECT_EQ(server.accepted, 5);
}

TEST_F(HttpTest, AnAnswerThatNobodyAskedForIsNeverGiven) {
  ScriptServer server(loop_, [](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
    serve(peer);
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(server)->body, "ok");
  EXPECT_EQ(server.accepted, 3);
}

TEST_F(HttpTest, ConnectionsAreBoundedAndRequestsWait) {
  HttpLimits limits;
  limits.connections_max = 2;
  limits.waiting_max = 10;
  limit(limits);
  ScriptServer server(loop_, serve);
  internal::RootCall call(loop_.environment().now() + std::chrono::seconds(10));
  int ok = 0, refused = 0;
  {
    TaskGroup group(call);
    for (int i = 0; i < 20; ++i) {
      group.spawn([&](Call& branch) -> Result<void> {
        const auto answer = fetch(branch, *http_, server.url());
        ++(answer.ok() ? ok : refused);
        EXPECT_TRUE(answer.ok() || answer.code() == Code::resource_exhausted) << answer.error().to_string();
        return {};
      });
    }
    ASSERT_TRUE(group.wait().ok());
  }
  EXPECT_EQ(ok, 12);
  EXPECT_EQ(refused, 8);
  EXPECT_EQ(server.accepted, 2);
}

TEST_F(HttpTest, WhoeverLeavesClosesTheConnection) {
  ScriptServer server(loop_, [](Peer& peer) { peer.wait_for_end(); });
  internal::RootCall call(loop_.environment().now() + std::chrono::milliseconds(20));
  EXPECT_EQ(fetch(call, *http_, server.url()).code(), Code::deadline_exceeded);
  EXPECT_TRUE(eventually([&] { return server.open == 0; }));
}

TEST_F(HttpTest, WhereNobodyListensIsSaid) {
  ScriptServer server(loop_, serve);
  server.stop();
  const auto answer = get(server);
  EXPECT_EQ(answer.code(), Code::unavailable);
  EXPECT_THAT(answer.error().message(), HasSubstr("cannot connect"));
}

// ---- both ways ------------------------------------------------------------------------------------------------------

TEST_F(HttpTest, BodiesPassInPiecesHoweverLargeTheyAre) {
  constexpr std::size_t bytes = 64 << 20;
  ScriptServer server(loop_, [](Peer& peer) {  // gives back what it gets
    peer.head();
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n");
    for (std::size_t left = bytes; left > 0 && !peer.ended();) {
      const std::string piece = peer.exactly(std::min<std::size_t>(left, 64 << 10));
      left -= piece.size();
      peer.say(piece);
    }
  });
  internal::RootCall call(loop_.environment().now() + std::chrono::seconds(60));
  const HttpUrl url = *HttpUrl::parse(server.url());
  auto transfer = http_->send(call, url.origin, {.method = "PUT", .target = "/", .authority = "s", .has_body = true, .length = bytes});
  ASSERT_TRUE(transfer.ok());
  std::size_t received = 0, ahead_most = 0, sent = 0;
  TaskGroup group(call);
  group.spawn([&](Call& branch) -> Result<void> {
    const std::string piece(64 << 10, 'x');
    for (; sent < bytes; sent += piece.size()) {
      HOLON_TRY(transfer->write(branch, piece));
      ahead_most = std::max(ahead_most, sent - received);
    }
    return transfer->end();
  });
  ASSERT_EQ(transfer->response(call)->status, 200);
  while (auto piece = *transfer->read(call)) received += piece->size();
  EXPECT_EQ(received, bytes);
  EXPECT_LT(ahead_most, 4u << 20);  // what the sockets hold, and no more
}

TEST_F(HttpTest, WhoIsNotReadIsNotHeard) {
  std::size_t said = 0;
  ScriptServer server(loop_, [&](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 200 OK\r\n\r\n");
    while (!peer.broken()) {
      peer.say(std::string(64 << 10, 'x'));
      said += 64 << 10;
    }
  });
  internal::RootCall call(loop_.environment().now() + std::chrono::seconds(10));
  {
    auto transfer = http_->send(call, HttpUrl::parse(server.url())->origin, {.method = "GET", .target = "/", .authority = "s"});
    ASSERT_EQ(transfer->response(call)->status, 200);
    std::size_t before = 1;
    while (before != said) {
      before = said;
      for (int i = 0; i < 20; ++i) turn();
    }
    EXPECT_LT(said, 4u << 20);
  }
  EXPECT_TRUE(eventually([&] { return server.open == 0; }));
}

}  // namespace
}  // namespace holon::client
