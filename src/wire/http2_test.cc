#include "wire/http2.h"

#include "wire/http2_pair.h"

namespace holon::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Http2, CarriesAUnaryCall) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, false, nullptr);
  ASSERT_EQ(id, 1);
  pair.client.send(id, "request", true);
  pair.settle();
  EXPECT_THAT(pair.server_events.take(), ElementsAre("headers 1 :method=POST :scheme=http :path=/shop.Cart/Get "
                                                     ":authority=shop te=trailers",
                                                     "data 1 request end"));
  pair.server.respond(id, response_headers);
  pair.server.send(id, "reply", false);
  pair.server.trailers(id, ok_trailers);
  pair.settle();
  EXPECT_THAT(pair.client_events.take(), ElementsAre("headers 1 :status=200 content-type=application/grpc",
                                                     "data 1 reply", "headers 1 grpc-status=0 end", "closed 1"));
  EXPECT_THAT(pair.server_events.take(), ElementsAre("closed 1"));
  EXPECT_EQ(pair.client.streams() + pair.server.streams(), 0u);
}

TEST(Http2, AUnaryAnswerLeavesAsOneRun) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, true, nullptr);
  pair.settle();
  pair.server.respond(id, response_headers);
  pair.server.send(id, "reply", false);
  pair.server.trailers(id, ok_trailers);
  std::string out;
  pair.server.gather(out);
  EXPECT_THAT(out, HasSubstr("reply"));
  EXPECT_FALSE(pair.server.wants_write());
}

TEST(Http2, HowBytesAreCutMakesNoDifference) {
  auto converse = [](std::size_t cut) {
    Pair pair;
    StreamId first = pair.client.open(request_headers, false, nullptr);
    pair.client.send(first, "re", false);
    pair.settle(cut);
    pair.client.send(first, "quest", true);
    StreamId second = pair.client.open(request_headers, true, nullptr);
    pair.settle(cut);
    for (StreamId id : {first, second}) {
      pair.server.respond(id, response_headers);
      pair.server.send(id, std::string(100, 'x'), false);
      pair.server.trailers(id, ok_trailers);
    }
    pair.settle(cut);
    EXPECT_THAT(pair.errors, IsEmpty());
    EXPECT_EQ(pair.client.streams() + pair.server.streams(), 0u);
    return std::tuple(pair.server_events.received, pair.client_events.received, pair.client_events.take().back());
  };
  auto whole = converse(0);
  EXPECT_EQ(std::get<0>(whole), "request");
  EXPECT_EQ(std::get<1>(whole), std::string(200, 'x'));
  for (std::size_t cut = 1; cut < 300; ++cut) ASSERT_EQ(converse(cut), whole) << cut;
}

TEST(Http2, EventsMayCallBack) {
  Pair pair;
  pair.server_events.react = [&](const std::string& line, StreamId id, void*) {
    if (line.starts_with("headers")) pair.server.respond(id, response_headers);
    if (line.starts_with("data")) pair.server.send(id, "echo", false);
    if (line.ends_with("end")) pair.server.trailers(id, ok_trailers);
  };
  StreamId id = pair.client.open(request_headers, false, nullptr);
  pair.client.send(id, "request", true);
  pair.settle();
  EXPECT_EQ(pair.client_events.received, "echo");
  EXPECT_EQ(pair.client_events.take().back(), "closed 1");
}

TEST(Http2, UserTravelsWithTheStream) {
  Pair pair;
  int client_user = 0;
  int server_user = 0;
  std::vector<void*> seen;
  pair.client_events.react = [&](const std::string&, StreamId, void* user) { seen.push_back(user); };
  pair.server_events.react = [&](const std::string& line, StreamId id, void* user) {
    if (line.starts_with("headers")) pair.server.set_user(id, &server_user);
    if (line.starts_with("reset")) {
      EXPECT_EQ(user, &server_user);
    }
  };
  StreamId first = pair.client.open(request_headers, true, &client_user);
  pair.settle();
  pair.server.respond(first, response_headers);
  pair.settle();
  pair.client.reset(first, Http2Code::cancel);
  pair.settle();
  EXPECT_EQ(pair.server_events.take().back(), "reset 1 8");
  EXPECT_THAT(seen, ElementsAre(&client_user));
}

TEST(Http2, APingIsAnswered) {
  Pair pair;
  pair.client.ping();
  pair.settle();
  EXPECT_THAT(pair.client_events.take(), ElementsAre("pong"));
}

// ---- flow control ---------------------------------------------------------------------------------------------------

TEST(Http2, ASenderWaitsUntilTheReaderHasConsumed) {
  Http2Limits limits;
  limits.stream_window_bytes = 10'000;
  Pair pair({}, limits);
  StreamId id = pair.client.open(request_headers, false, nullptr);
  pair.client.send(id, std::string(50'000, 'a'), false);
  pair.client.send(id, std::string(50'000, 'b'), true);
  pair.settle();
  EXPECT_EQ(pair.server_events.received.size(), 10'000u);
  EXPECT_EQ(pair.client.unsent(id), 90'000u);
  EXPECT_THAT(pair.client_events.take(), IsEmpty());
  std::size_t consumed = 0;
  while (pair.server_events.received.size() < 100'000) {
    std::size_t fresh = pair.server_events.received.size() - consumed;
    ASSERT_GT(fresh, 0u);
    ASSERT_LE(fresh, 10'000u);
    pair.server.consumed(id, fresh);
    consumed += fresh;
    pair.settle();
  }
  EXPECT_EQ(pair.server_events.received, std::string(50'000, 'a') + std::string(50'000, 'b'));
  EXPECT_EQ(pair.client.unsent(id), 0u);
  EXPECT_THAT(pair.client_events.take(), ElementsAre("drained 1"));
  EXPECT_TRUE(pair.server_events.take().back().ends_with("end"));
}

TEST(Http2, AStreamThatEndsGivesItsBytesBackToTheConnection) {
  Http2Limits limits;
  limits.connection_window_bytes = 70'000;
  Pair pair({}, limits);
  for (int round = 0; round < 50; ++round) {
    StreamId id = pair.client.open(request_headers, false, nullptr);
    pair.client.send(id, std::string(30'000, 'a'), false);
    pair.settle();
    ASSERT_EQ(pair.server_events.received.size(), 30'000u) << "the window leaks, round " << round;
    pair.server_events.received.clear();
    if (round % 2 == 0) {
      pair.client.reset(id, Http2Code::cancel);
    } else {
      pair.server.reset(id, Http2Code::cancel);
    }
    pair.settle();
  }
}

TEST(Http2, ABlockedStreamDoesNotBlockAnother) {
  Http2Limits limits;
  limits.stream_window_bytes = 1'000;
  Pair pair({}, limits);
  StreamId blocked = pair.client.open(request_headers, false, nullptr);
  pair.client.send(blocked, std::string(5'000, 'a'), true);
  StreamId free = pair.client.open(request_headers, false, nullptr);
  pair.client.send(free, "small", true);
  pair.settle();
  EXPECT_THAT(pair.server_events.take(), testing::Contains("data 3 small end"));
}

TEST(Http2, GatherStopsAtItsBound) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, false, nullptr);
  pair.client.send(id, std::string(500'000, 'a'), true);
  std::string out = "kept ";
  pair.client.gather(out, 50'000);
  EXPECT_TRUE(out.starts_with("kept "));
  EXPECT_GE(out.size(), 50'000u);
  EXPECT_LT(out.size(), 50'000u + 17'000u);
  EXPECT_TRUE(pair.client.wants_write());
  auto received = pair.server.receive(bytes_of(std::string_view(out).substr(5)));
  ASSERT_TRUE(received.ok());
  pair.settle();
  EXPECT_EQ(pair.server_events.received.size(), 500'000u);
}

// ---- ends -----------------------------------------------------------------------------------------------------------

TEST(Http2, AServerMayAnswerBeforeTheRequestIsComplete) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, false, nullptr);
  pair.client.send(id, "begun", false);
  pair.settle();
  pair.server.respond_and_end(id, response_headers);
  pair.settle();
  EXPECT_THAT(pair.client_events.take(),
              ElementsAre("headers 1 :status=200 content-type=application/grpc end", "closed 1"));
  EXPECT_EQ(pair.server_events.take().back(), "closed 1");
  pair.client.send(id, "too late", true);
  pair.settle();
  EXPECT_EQ(pair.client.streams() + pair.server.streams(), 0u);
}

TEST(Http2, AnEarlyAnswerWithABodyArrivesWhole) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, false, nullptr);
  pair.settle();
  pair.server.respond(id, response_headers);
  pair.server.send(id, std::string(100'000, 'x'), false);
  pair.server.trailers(id, ok_trailers);
  pair.settle();
  EXPECT_EQ(pair.client_events.received.size(), 100'000u);
  EXPECT_EQ(pair.client_events.take().back(), "closed 1");
}

TEST(Http2, OnesOwnResetIsSilent) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, false, nullptr);
  pair.client.send(id, std::string(3'000'000, 'a'), false);
  pair.settle();
  pair.server_events.take();
  pair.client.reset(id, Http2Code::cancel);
  EXPECT_EQ(pair.client.unsent(id), 0u);
  pair.client.reset(id, Http2Code::cancel);
  pair.server.respond(id, response_headers);
  pair.server.send(id, "x", false);
  pair.settle();
  EXPECT_THAT(pair.client_events.take(), IsEmpty());
  EXPECT_THAT(pair.server_events.take(), ElementsAre("reset 1 8"));
}

TEST(Http2, AResetBeforeTheRequestLeftArrivesBehindIt) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, false, nullptr);
  pair.client.reset(id, Http2Code::cancel);
  pair.settle();
  EXPECT_EQ(pair.server_events.take().back(), "reset 1 8");
  EXPECT_THAT(pair.client_events.take(), IsEmpty());
  EXPECT_EQ(pair.client.streams() + pair.server.streams(), 0u);
}

TEST(Http2, AClientOpensNoMoreThanThePeerAllows) {
  Http2Limits limits;
  limits.streams_max = 3;
  Pair pair({}, limits);
  for (int i = 0; i < 3; ++i) ASSERT_NE(pair.client.open(request_headers, true, nullptr), 0);
  EXPECT_FALSE(pair.client.may_open());
  EXPECT_EQ(pair.client.open(request_headers, true, nullptr), 0);
  pair.settle();
  pair.server.respond_and_end(1, response_headers);
  pair.settle();
  EXPECT_TRUE(pair.client.may_open());
}

TEST(Http2, AGracefulEndLetsRunningStreamsFinish) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, true, nullptr);
  pair.settle();
  pair.server.goaway(Http2Code::no_error, "moving");
  pair.settle();
  EXPECT_FALSE(pair.server.finished());
  pair.server.goaway(Http2Code::no_error, "moved");
  pair.settle();
  EXPECT_THAT(pair.client_events.take(), ElementsAre("goaway 2147483647 0 moving", "goaway 1 0 moved"));
  EXPECT_FALSE(pair.client.may_open());
  EXPECT_FALSE(pair.client.finished() || pair.server.finished());
  pair.server.respond_and_end(id, response_headers);
  pair.settle();
  EXPECT_EQ(pair.client_events.take().back(), "closed 1");
  EXPECT_TRUE(pair.server.finished());
  EXPECT_TRUE(pair.client.finished());
}

TEST(Http2, AClientThatSaysGoodbyeGetsItsAnswersFirst) {
  Pair pair;
  StreamId id = pair.client.open(request_headers, true, nullptr);
  pair.client.goaway(Http2Code::no_error);
  pair.settle();
  EXPECT_FALSE(pair.server.finished());
  pair.server.respond_and_end(id, response_headers);
  pair.settle();
  EXPECT_EQ(pair.client_events.take().back(), "closed 1");
  EXPECT_TRUE(pair.server.finished());
  EXPECT_TRUE(pair.client.finished());
}

TEST(Http2, ANoticeStopsNewStreamsButTakesThoseUnderWay) {
  Pair pair;
  pair.server.goaway(Http2Code::no_error);
  StreamId crossing = pair.client.open(request_headers, true, nullptr);
  pair.carry(pair.client, pair.server);
  pair.settle();
  EXPECT_FALSE(pair.client.may_open());
  EXPECT_FALSE(pair.server.finished());
  pair.server.goaway(Http2Code::no_error);
  pair.server.respond_and_end(crossing, response_headers);
  pair.settle();
  EXPECT_EQ(pair.client_events.take().back(), "closed 1");
  EXPECT_TRUE(pair.server.finished());
}

TEST(Http2, StreamsAboveTheLastWordAreRefused) {
  Pair pair;
  pair.server.goaway(Http2Code::no_error);
  pair.server.goaway(Http2Code::no_error);
  StreamId sent = pair.client.open(request_headers, true, nullptr);
  std::string bytes;
  pair.client.gather(bytes);
  StreamId unsent = pair.client.open(request_headers, true, nullptr);
  pair.carry(pair.server, pair.client);
  pair.settle();
  auto lines = pair.client_events.take();
  EXPECT_EQ(lines.front().substr(0, 10), "goaway 214");
  EXPECT_THAT(lines, testing::IsSupersetOf({"reset " + std::to_string(sent) + " 7",
                                            "reset " + std::to_string(unsent) + " 7"}));
  EXPECT_EQ(pair.client.streams(), 0u);
}

TEST(Http2, ALostByteStreamResetsEachStreamOnce) {
  Pair pair;
  for (int i = 0; i < 3; ++i) pair.client.open(request_headers, true, nullptr);
  pair.settle();
  pair.server_events.take();
  pair.client.reset(3, Http2Code::cancel);
  pair.client_events.react = [&](const std::string&, StreamId, void*) { pair.client.reset(5, Http2Code::cancel); };
  pair.client.lost();
  pair.client.lost();
  pair.server.lost();
  EXPECT_THAT(pair.client_events.take(), ElementsAre("reset 1 2"));
  EXPECT_THAT(pair.server_events.take(), ElementsAre("reset 1 2", "reset 3 2", "reset 5 2"));
  EXPECT_TRUE(pair.client.finished());
  EXPECT_FALSE(pair.client.wants_write());
  EXPECT_EQ(pair.client.open(request_headers, true, nullptr), 0);
}

}  // namespace
}  // namespace holon::wire
