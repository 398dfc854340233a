// Exchanges over both versions of HTTP: a handler, and raw clients that say just what they are told.
// long: one fixture, and a test for each thing that an exchange promises

#include "server/exchange.h"

#include <algorithm>

#include "fiber/call.h"
#include "holon/task.h"
#include "server/exchange_fixture_test.h"
#include "wire/http_date.h"

namespace holon::server {
namespace {

using testing::HasSubstr;
using testing::Pair;

INSTANTIATE_TEST_SUITE_P(Http, ExchangeTest, testing::Bool(), [](const auto& http2) { return http2.param ? "2" : "1"; });

/// All of the body.
Result<std::string> read_all(HttpExchange& exchange, Call& call) {
  std::string all;
  for (;;) {
    std::optional<std::string> piece = HOLON_TRY(exchange.read(call));
    if (!piece) return all;
    all += *piece;
  }
}

/// Does not give way to others meanwhile.
void compute(env::Duration time) {
  for (const env::Time until = env::os().now() + time; env::os().now() < until;) {
  }
}

// As calls do: when too many wait for a loop that is busy, some are turned away, and told to come again.
TEST_P(ExchangeTest, InOverloadSomeAreToldToComeAgain) {
  Limits limits;
  limits.admission.queue_target = milliseconds(1);
  limits.admission.queue_patience = milliseconds(20);
  handler_.answer = [](HttpExchange& exchange) {
    compute(milliseconds(4));
    EXPECT_TRUE(exchange.respond(200, {}, "ok").ok());
  };
  std::vector<HttpPeer*> peers;
  for (int i = 0; i < 60; ++i) peers.push_back(&connect(limits));
  for (HttpPeer* peer : peers) peer->ask("GET", "/", {{"holon-priority", "sheddable"}});
  std::size_t turned_away = 0;
  for (HttpPeer* peer : peers) {
    const PeerAnswer answer = complete(*peer);
    if (answer.status == 200) continue;
    ++turned_away;
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("retry-after"), "1");
    EXPECT_EQ(answer.header("content-type"), "text/x-refusal");
  }
  EXPECT_GT(turned_away, 0u);
  EXPECT_EQ(handler_.served + turned_away, peers.size());
  EXPECT_EQ(refusals("shed.delay.sheddable"), turned_away);
  EXPECT_EQ(server_->calls(), 0u);
}

TEST_P(ExchangeTest, ABusyLoopLooksWhoElseHasCome) {
  std::vector<std::string> served;
  HttpPeer& urgent = connect();
  handler_.answer = [&](HttpExchange& exchange) {
    if (served.empty()) urgent.ask("GET", "/urgent", {{"holon-priority", "critical"}});
    served.push_back(exchange.request().target);
    compute(milliseconds(4));
    EXPECT_TRUE(exchange.respond(200, {}, "ok").ok());
  };
  for (int i = 0; i < 20; ++i) connect().ask("GET", "/");
  EXPECT_EQ(complete(urgent).status, 200);
  const auto place = std::ranges::find(served, "/urgent") - served.begin();
  EXPECT_LT(place, 10) << "all that was there before would be done first";
  EXPECT_TRUE(eventually([&] { return server_->calls() == 0; }));
}

TEST_P(ExchangeTest, TellsTheRequestAndAnswersIt) {
  HttpRequest seen;
  handler_.answer = [&](HttpExchange& exchange) {
    seen = exchange.request();
    const wire::HeaderView headers[] = {{"content-type", "text/plain"}, {"x-two", "1"}, {"x-two", "2"}};
    EXPECT_TRUE(exchange.respond(201, headers, "hello").ok());
  };
  HttpPeer& peer = connect();
  const PeerAnswer answer = ask(peer, "GET", "/a%20b?c=d", {{"accept", "*/*"}, {"x-name", "value"}, {"te", "trailers"}});
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.header("content-length"), "5");
  EXPECT_THAT(answer.headers, testing::IsSupersetOf({Pair("content-type", "text/plain"), Pair("x-two", "1"), Pair("x-two",
                                                            "2")}));
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.path(), "/a%20b");
  EXPECT_EQ(seen.query(), "c=d");
  EXPECT_EQ(seen.authority, "shop.example");
  EXPECT_EQ(seen.peer, "unix");
  EXPECT_EQ(seen.version, http2() ? HttpVersion::http_2 : HttpVersion::http_1_1);
  EXPECT_FALSE(seen.has_body);
  EXPECT_THAT(seen.headers, testing::ElementsAre(Pair("accept", "*/*"), Pair("x-name", "value")));
  EXPECT_EQ(ask(peer, "GET", "/again").status, 201) << "the connection goes on";
  EXPECT_TRUE(eventually([&] { return server_->calls() == 0; }));
}

TEST_P(ExchangeTest, AnAnswerSaysWhenItWasMadeUnlessItHasADate) {
  const auto now = [] { return std::chrono::duration_cast<std::chrono::seconds>(env::os().wall().time_since_epoch()).count(); };
  HttpPeer& peer = connect();
  const wire::UnixSeconds before = now();
  handler_.answer = [](HttpExchange& exchange) { EXPECT_TRUE(exchange.respond(404, {}, "").ok()); };
  const std::optional<wire::UnixSeconds> made = wire::parse_http_date(ask(peer, "GET", "/").header("date"), before);
  ASSERT_TRUE(made.has_value());
  EXPECT_THAT(*made, testing::AllOf(testing::Ge(before), testing::Le(now())));

  constexpr std::string_view earlier = "Sun, 06 Nov 1994 08:49:37 GMT";
  handler_.answer = [&](HttpExchange& exchange) {
    const wire::HeaderView headers[] = {{"date", earlier}};
    EXPECT_TRUE(exchange.respond(200, headers, "").ok());
  };
  const PeerAnswer answer = ask(peer, "GET", "/");
  EXPECT_EQ(std::ranges::count(answer.headers, std::pair<std::string, std::string>("date", earlier)), 1);
}

TEST_P(ExchangeTest, ReadsTheBodyAsItComes) {
  std::vector<std::string> pieces;
  handler_.answer = [&](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    for (;;) {
      auto piece = exchange.read(call);
      ASSERT_TRUE(piece.ok());
      if (!*piece) break;
      pieces.push_back(**piece);
    }
    EXPECT_TRUE(exchange.respond(200, {}, "read").ok());
  };
  HttpPeer& peer = connect();
  peer.ask("POST", "/", {}, true);
  EXPECT_TRUE(eventually([&] { return handler_.served == 1; })) << "the handler need not wait for the body";
  peer.body("one");
  EXPECT_TRUE(eventually([&] { return pieces.size() == 1; }));
  peer.body("two", true);
  EXPECT_EQ(complete(peer).body, "read");
  EXPECT_THAT(pieces, testing::ElementsAre("one", "two"));
}

TEST_P(ExchangeTest, AnswersInPiecesWithTrailers) {
  handler_.answer = [&](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    exchange.inform(103, {});
    EXPECT_TRUE(exchange.begin(200, {}, {}).ok());
    EXPECT_TRUE(exchange.begun());
    for (const char* piece : {"one ", "", "two"}) EXPECT_TRUE(exchange.write(call, piece).ok());
    const wire::HeaderView checksum[] = {{"x-checksum", "7"}};
    exchange.end(checksum);
  };
  const PeerAnswer answer = ask(connect(), "GET", "/", {{"te", "trailers"}});
  EXPECT_THAT(answer.informed, testing::ElementsAre(103));
  EXPECT_EQ(answer.body, "one two");
  EXPECT_EQ(answer.header("content-length"), "");
  EXPECT_THAT(answer.trailers, testing::ElementsAre(Pair("x-checksum", "7")));
}

TEST_P(ExchangeTest, SomeAnswersGoWithoutTheirBody) {
  int status = 200;
  handler_.answer = [&](HttpExchange& exchange) { EXPECT_TRUE(exchange.respond(status, {}, "hello").ok()); };
  HttpPeer& peer = connect();
  PeerAnswer answer = ask(peer, "HEAD", "/");
  EXPECT_EQ(answer.header("content-length"), "5");
  EXPECT_EQ(answer.body, "");
  for (int bodiless : {204, 304}) {
    status = bodiless;
    answer = ask(peer, "GET", "/");
    EXPECT_EQ(answer.status, bodiless);
    EXPECT_EQ(answer.header("content-length") + answer.header("transfer-encoding") + answer.body, "");
  }
  handler_.answer = [&](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    EXPECT_TRUE(exchange.begin(200, {}, 1'000'000).ok());
    EXPECT_TRUE(exchange.write(call, "what nobody sees").ok());
    exchange.end();
  };
  EXPECT_EQ(ask(peer, "HEAD", "/").header("content-length"), "1000000");
  EXPECT_EQ(peer.answer().body, "");
}

TEST_P(ExchangeTest, ABadHeaderIsRefusedAndNothingWasSent) {
  handler_.answer = [&](HttpExchange& exchange) {
    const wire::HeaderView bad[] = {{"x", "a\r\nset-cookie: b"}, {"a b", "c"}, {"content-length", "1"}, {"connection", "close"},
                                    {"X-Upper", "a"},           {"", "a"},    {"x", std::string_view("\0", 1)}};
    for (const wire::HeaderView& header : bad) {
      const Result<void> sent = exchange.respond(200, wire::Headers(&header, 1), "x");
      EXPECT_EQ(sent.ok() ? Code::ok : sent.error().code(), Code::invalid_argument) << header.name;
      EXPECT_FALSE(exchange.begun());
    }
    EXPECT_FALSE(exchange.respond(99, {}, "x").ok());
    EXPECT_TRUE(exchange.respond(500, {}, "no").ok());
    EXPECT_EQ(exchange.respond(200, {}, "twice").error().code(), Code::failed_precondition);
  };
  EXPECT_EQ(ask(connect(), "GET", "/").body, "no");
}

TEST_P(ExchangeTest, AnExchangeThatIsNotAnsweredIsAnswered) {
  handler_.answer = [](HttpExchange&) {};
  HttpPeer& peer = connect();
  EXPECT_EQ(ask(peer, "GET", "/").body, "500: the request was not answered");
  handler_.answer = [](HttpExchange&) { throw std::runtime_error("by accident"); };
  EXPECT_EQ(ask(peer, "GET", "/").status, 500);
}

TEST_P(ExchangeTest, AnAnswerThatCannotBeCompletedIsCutOff) {
  const std::function<void(HttpExchange&, Call&)> ways[] = {
      [](HttpExchange& exchange, Call&) { exchange.abort(); },
      [](HttpExchange& exchange, Call&) { exchange.end(); },  // too short
      [](HttpExchange& exchange, Call& call) { EXPECT_FALSE(exchange.write(call, std::string(100, 'x')).ok()); },
      [](HttpExchange&, Call&) {},
  };
  for (const auto& way : ways) {
    handler_.answer = [&](HttpExchange& exchange) {
      internal::RootCall call(Deadline::max());
      EXPECT_TRUE(exchange.begin(200, {}, 10).ok());
      EXPECT_TRUE(exchange.write(call, "abc").ok());
      way(exchange, call);
    };
    HttpPeer& peer = connect();
    peer.ask("GET", "/");
    EXPECT_TRUE(eventually([&] { return peer.closed() || peer.answer().reset == "INTERNAL_ERROR"; }));
    EXPECT_FALSE(peer.answer().complete);
    EXPECT_EQ(peer.answer().body, "abc");
  }
}

TEST_P(ExchangeTest, WhoWaitsToBeToldThatItsBodyIsWantedIsTold) {
  handler_.answer = [](HttpExchange& exchange) {
    if (exchange.request().target == "/no") return static_cast<void>(exchange.respond(403, {}, "no"));
    internal::RootCall call(Deadline::max());
    EXPECT_TRUE(exchange.respond(200, {}, *read_all(exchange, call)).ok());
  };
  HttpPeer& peer = connect();
  peer.ask("POST", "/", {{"expect", "100-continue"}, {"content-length", "5"}}, true);
  EXPECT_TRUE(eventually([&] { return peer.answer().informed == std::vector{100}; }));
  peer.body("hello", true);
  EXPECT_EQ(complete(peer).body, "hello");
  peer.ask("POST", "/no", {{"expect", "100-continue"}, {"content-length", "5"}}, true);
  const PeerAnswer refused = complete(peer);
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(refused.informed.empty());
}

TEST_P(ExchangeTest, ABodyThatIsTooLargeIsNotRead) {
  handler_.answer = [](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    exchange.limit_body(10);
    const auto body = read_all(exchange, call);
    ASSERT_FALSE(body.ok());
    EXPECT_EQ(body.error().code(), Code::resource_exhausted);
    EXPECT_TRUE(exchange.respond(413, {}, "too large").ok());
  };
  HttpPeer& told = connect();
  told.ask("POST", "/", {{"content-length", "11"}, {"expect", "100-continue"}}, true);
  EXPECT_EQ(complete(told).status, 413);
  EXPECT_TRUE(told.answer().informed.empty()) << "nobody wants it";
  HttpPeer& untold = connect();
  untold.ask("POST", "/", {}, true);
  untold.body("123456789012");
  EXPECT_EQ(complete(untold).status, 413);
}

TEST_P(ExchangeTest, ABodyThatComesTooSlowlyIsNotWaitedFor) {
  Code came = Code::ok;
  handler_.answer = [&](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    came = read_all(exchange, call).error().code();
    EXPECT_TRUE(exchange.respond(408, {}, "slow").ok());
  };
  Limits limits;
  limits.body_time = milliseconds(30);
  HttpPeer& peer = connect(limits);
  peer.ask("POST", "/", {}, true);
  peer.body("a");
  EXPECT_EQ(complete(peer).status, 408);
  EXPECT_EQ(came, Code::deadline_exceeded);
  EXPECT_EQ(refusals("slow_body"), 1u);
}

TEST_P(ExchangeTest, WhatTheHandlerDoesNotReadIsHeldBack) {
  bool go_on = false;
  std::size_t read = 0;
  handler_.answer = [&](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    while (!go_on) EXPECT_TRUE(sleep(call, milliseconds(1)).ok());
    read = read_all(exchange, call)->size();
    EXPECT_TRUE(exchange.respond(200, {}, "read").ok());
  };
  HttpPeer& peer = connect();
  peer.ask("POST", "/", {{"content-length", "3000000"}}, true);
  std::string left = http2() ? "" : std::string(3'000'000, 'x');
  std::size_t sent = 0;
  auto push = [&] {
    if (!http2()) {
      const std::size_t taken = peer.raw().say_some(left);
      left.erase(0, taken);
      sent += taken;
      return;
    }
    std::size_t window = 65'535;  // of the connection and the stream, as far as the server has opened them
    for (const wire::raw::Frame& frame : wire::raw::frames_of(peer.raw().received())) {
      if (frame.type == wire::raw::WINDOW_UPDATE && frame.stream == peer.stream()) window += frame.word();
    }
    if (window > 65'535 || sent == 0) window -= 65'535 - wire::stream_window_bytes;
    while (sent < 3'000'000 && sent < window) {
      const std::size_t size = std::min<std::size_t>({10'000, window - sent, 3'000'000 - sent});
      sent += size;
      peer.body(std::string(size, 'x'), sent == 3'000'000);
    }
  };
  for (int i = 0; i < 50; ++i) {
    push();
    turn();
  }
  EXPECT_LT(sent, 1'000'000u) << "the rest waits with the client";
  go_on = true;
  EXPECT_TRUE(eventually([&] {
    push();
    return peer.answer().complete;
  }));
  EXPECT_EQ(read, 3'000'000u);
}

TEST_P(ExchangeTest, AWriterWaitsForItsReader) {
  std::size_t written = 0;
  handler_.answer = [&](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    EXPECT_TRUE(exchange.begin(200, {}, {}).ok());
    for (; written < 3'000'000 && exchange.write(call, std::string(10'000, 'x')).ok();) written += 10'000;
    exchange.end();
  };
  HttpPeer& peer = connect();
  peer.ask("GET", "/");
  turn(milliseconds(50));
  EXPECT_LT(written, 2'000'000u);
  std::size_t opened = 0;
  EXPECT_TRUE(eventually([&] {
    const PeerAnswer answer = peer.answer();
    if (http2() && answer.body.size() > opened) {
      const auto more = static_cast<std::uint32_t>(answer.body.size() - opened);
      opened += more;
      peer.say(wire::raw::window_update(0, more) + wire::raw::window_update(peer.stream(), more));
    }
    return answer.complete;
  }));
  EXPECT_EQ(peer.answer().body.size(), 3'000'000u);
}

TEST_P(ExchangeTest, AClientThatLeavesCancelsItsCall) {
  for (bool reading : {true, false}) {
    Code came = Code::ok;
    bool cancelled = false;
    handler_.answer = [&](HttpExchange& exchange) {
      internal::RootCall call(Deadline::max());
      HttpExchange::Watched watched(exchange, call);
      if (reading) {
        came = read_all(exchange, call).error().code();
      } else {
        came = sleep(call, seconds(60)).error().code();
      }
      cancelled = call.cancelled();
      EXPECT_EQ(exchange.respond(200, {}, "too late").error().code(), Code::cancelled);
    };
    HttpPeer& peer = connect();
    peer.ask("POST", "/", {}, true);
    EXPECT_TRUE(eventually([&] { return server_->calls() == 1; }));
    if (http2()) {
      peer.say(wire::raw::rst_stream(peer.stream(), 8));
    } else {
      peers_.clear();
    }
    EXPECT_TRUE(eventually([&] { return server_->calls() == 0; }));
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(came, Code::cancelled);
  }
}

TEST_P(ExchangeTest, AnAnswerBeforeTheRequestsEndEndsIt) {
  handler_.answer = [](HttpExchange& exchange) { EXPECT_TRUE(exchange.respond(401, {}, "who are you?").ok()); };
  HttpPeer& peer = connect();
  peer.ask("POST", "/", {{"content-length", "1000000"}}, true);
  peer.body(std::string(1'000, 'x'));
  const PeerAnswer answer = complete(peer);
  EXPECT_EQ(answer.body, "who are you?");
  if (http2()) {
    EXPECT_TRUE(eventually([&] { return peer.answer().reset == "NO_ERROR"; }));
    EXPECT_EQ(ask(peer, "GET", "/").status, 401) << "the connection goes on";
  } else {
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_TRUE(eventually([&] { return peer.closed(); }));
  }
}

TEST_P(ExchangeTest, MoreRequestsThanItTakesAreAnswered503) {
  bool go_on = false;
  handler_.answer = [&](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    while (!go_on) EXPECT_TRUE(sleep(call, milliseconds(1)).ok());
    EXPECT_TRUE(exchange.respond(200, {}, "").ok());
  };
  Limits limits;
  limits.calls_max = 1;
  HttpPeer& first = connect(limits);
  first.ask("GET", "/");
  EXPECT_TRUE(eventually([&] { return server_->calls() == 1; }));
  HttpPeer& second = connect();
  const PeerAnswer answer = ask(second, "GET", "/");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("retry-after"), "1");
  EXPECT_THAT(answer.body, HasSubstr("too many requests"));
  EXPECT_EQ(refusals("too_many_requests"), 1u);
  go_on = true;
  EXPECT_EQ(complete(first).status, 200);
  EXPECT_EQ(ask(second, "GET", "/").status, 200);
}

TEST_P(ExchangeTest, WhenItGetsCrowdedTheIdlestIsToldToGo) {
  Limits limits;
  limits.connections_max = 8;
  for (int i = 0; i < 7; ++i) EXPECT_EQ(ask(connect(limits), "GET", "/").status, 200);
  ask(*peers_[0], "GET", "/");  // so the second is idle for longest
  ask(connect(), "GET", "/");
  EXPECT_TRUE(eventually([&] { return http2() ? peers_[1]->raw().heard("GOAWAY") : peers_[1]->closed(); }));
  for (int i : {0, 2, 3, 4, 5, 6}) EXPECT_FALSE(peers_[i]->closed() || (http2() && peers_[i]->raw().heard("GOAWAY"))) << i;
}

TEST_P(ExchangeTest, ADrainFinishesWhatHasBegun) {
  bool go_on = false;
  bool drained = false;
  handler_.answer = [&](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    while (!go_on) EXPECT_TRUE(sleep(call, milliseconds(1)).ok());
    EXPECT_TRUE(exchange.respond(200, {}, "done").ok());
  };
  HttpPeer& peer = connect();
  peer.ask("GET", "/");
  EXPECT_TRUE(eventually([&] { return server_->calls() == 1; }));
  loop_.spawn([&] {
    server_->drain(env::os().now() + seconds(10));
    drained = true;
  });
  turn(milliseconds(5));
  EXPECT_FALSE(drained);
  go_on = true;
  EXPECT_EQ(complete(peer).body, "done");
  EXPECT_EQ(peer.answer().header("connection"), http2() ? "" : "close");
  EXPECT_TRUE(!http2() || peer.raw().heard("GOAWAY"));
  EXPECT_TRUE(eventually([&] { return drained; }));
}

// ---- HTTP/1.1 alone -------------------------------------------------------------------------------------------------------

class Http1ExchangeTest : public ExchangeTest {};
INSTANTIATE_TEST_SUITE_P(Http1, Http1ExchangeTest, testing::Values(false));

TEST_P(Http1ExchangeTest, PipelinedRequestsAreAnsweredInOrder) {
  handler_.answer = [](HttpExchange& exchange) { EXPECT_TRUE(exchange.respond(200, {}, exchange.request().target).ok()); };
  HttpPeer& peer = connect();
  peer.say("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
           "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz"
           "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return peer.raw().heard_text("/3"); }));
  const std::string all = peer.raw().received();
  EXPECT_LT(all.find("/1"), all.find("/2"));
  EXPECT_LT(all.find("/2"), all.find("/3"));
}

TEST_P(Http1ExchangeTest, AnOldClientIsAnsweredAndLeft) {
  HttpPeer& peer = connect();
  peer.say("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return peer.closed(); }));
  EXPECT_THAT(peer.raw().received(), HasSubstr("connection: close"));
  HttpPeer& keeps = connect();
  keeps.say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return keeps.raw().heard_text("connection: keep-alive"); }));
  EXPECT_FALSE(keeps.closed());
}

TEST_P(Http1ExchangeTest, HeadersOfTheConnectionAreNotPassedOn) {
  HttpRequest seen;
  handler_.answer = [&](HttpExchange& exchange) {
    seen = exchange.request();
    EXPECT_TRUE(exchange.respond(200, {}, "").ok());
  };
  ask(connect(), "GET", "/", {{"Connection", "X-Mine, keep-alive"}, {"Keep-Alive", "timeout=5"}, {"X-Mine", "1"}, {"X-Theirs",
                                                            "2"},
                              {"Proxy-Connection", "a"}, {"Upgrade", "h2c"}, {"HTTP2-Settings", "a"}});
  EXPECT_THAT(seen.headers, testing::ElementsAre(Pair("x-theirs", "2")));
  EXPECT_EQ(seen.upgrade, "");
}

TEST_P(Http1ExchangeTest, ABodyThatBreaksIsToldAndTheAnswerIsTheLast) {
  handler_.answer = [](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    const auto body = read_all(exchange, call);
    ASSERT_FALSE(body.ok());
    EXPECT_EQ(body.error().code(), Code::invalid_argument);
    EXPECT_TRUE(exchange.respond(400, {}, body.error().message()).ok());
  };
  HttpPeer& peer = connect();
  peer.ask("POST", "/", {}, true);
  peer.body("good");
  peer.say("5;extension=1\r\n");
  EXPECT_EQ(complete(peer).body, "chunk extensions are not taken");
  EXPECT_TRUE(eventually([&] { return peer.closed(); }));
  EXPECT_EQ(refusals("http1.chunk_extension"), 1u);
}

TEST_P(Http1ExchangeTest, SwitchesToAnotherProtocol) {
  handler_.answer = [&](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    EXPECT_EQ(exchange.request().upgrade, "echo");
    ASSERT_TRUE(exchange.switch_protocols({}).ok());
    while (auto piece = *exchange.read(call)) EXPECT_TRUE(exchange.write(call, "<" + *piece + ">").ok());
    EXPECT_TRUE(exchange.write(call, "bye").ok());
    exchange.end();
  };
  HttpPeer& peer = connect();
  peer.ask("GET", "/", {{"Connection", "upgrade"}, {"Upgrade", "echo"}});
  EXPECT_TRUE(eventually([&] { return peer.answer().status == 101; }));
  peer.say("hello");
  EXPECT_TRUE(eventually([&] { return peer.raw().heard_text("<hello>"); }));
  peer.raw().end_writing();
  EXPECT_TRUE(eventually([&] { return peer.closed(); }));
  EXPECT_TRUE(peer.raw().received().ends_with("bye"));
  EXPECT_TRUE(eventually([&] { return server_->calls() == 0 && server_->connections() == 0; }));
}

TEST_P(Http1ExchangeTest, ASlowHeadIsToldAndLeft) {
  Limits limits;
  limits.head_time = milliseconds(30);
  HttpPeer& peer = connect(limits);
  peer.say("GET / HTTP/1.1\r\nHost: a\r\n");
  EXPECT_TRUE(eventually([&] { return peer.closed(); }));
  EXPECT_THAT(peer.raw().received(), HasSubstr("408: the request's head did not come in time"));
  EXPECT_EQ(refusals("http1.slow_head"), 1u);
}

TEST_P(Http1ExchangeTest, BehindAProxyItsOriginIsThePeer) {
  options_.proxy_protocol = true;
  handler_.answer = [](HttpExchange& exchange) { EXPECT_TRUE(exchange.respond(200, {}, exchange.request().peer).ok()); };
  Limits limits;
  limits.connections_per_peer_max = 1;
  HttpPeer& peer = connect(limits);
  peer.say("PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n");
  EXPECT_EQ(ask(peer, "GET", "/").body, "192.0.2.7:4711");
  HttpPeer& other = connect();
  other.say("PROXY TCP4 192.0.2.8 192.0.2.1 4711 80\r\n");
  EXPECT_EQ(ask(other, "GET", "/").body, "192.0.2.8:4711") << "another client of the same proxy";
  HttpPeer& again = connect();
  again.say("PROXY TCP4 192.0.2.7 192.0.2.1 4712 80\r\nGET / HTTP/1.1\r\n");
  EXPECT_TRUE(eventually([&] { return again.closed(); }));
  EXPECT_EQ(refusals("too_many_connections_of_a_peer"), 1u);
  HttpPeer& without = connect();
  without.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return without.closed(); }));
  EXPECT_EQ(without.raw().received(), "");
  EXPECT_EQ(refusals("proxy_header"), 1u);
}

// ---- HTTP/2 alone ---------------------------------------------------------------------------------------------------------

class Http2ExchangeTest : public ExchangeTest {};
INSTANTIATE_TEST_SUITE_P(Http2, Http2ExchangeTest, testing::Values(true));

TEST_P(Http2ExchangeTest, CrumbsOfCookiesAreOneHeader) {
  HttpRequest seen;
  handler_.answer = [&](HttpExchange& exchange) {
    seen = exchange.request();
    EXPECT_TRUE(exchange.respond(200, {}, "").ok());
  };
  ask(connect(), "GET", "/", {{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}});
  EXPECT_THAT(seen.headers, testing::ElementsAre(Pair("cookie", "a=1; b=2"), Pair("x", "y")));
}

TEST_P(Http2ExchangeTest, AnAnswerThatIsNotTakenEndsItsStream) {
  Limits limits;
  limits.link.write_time = milliseconds(30);
  limits.request_time = milliseconds(40);  // by which it is looked after answers
  handler_.answer = [](HttpExchange& exchange) {
    internal::RootCall call(Deadline::max());
    if (exchange.request().target == "/whole") return static_cast<void>(exchange.respond(200, {}, std::string(100'000, 'x')));
    EXPECT_TRUE(exchange.begin(200, {}, {}).ok());
    while (exchange.write(call, std::string(10'000, 'x')).ok()) continue;
  };
  for (const char* target : {"/whole", "/pieces"}) {
    HttpPeer& peer = connect(limits);
    peer.ask("GET", target);
    EXPECT_TRUE(eventually([&] { return peer.answer().reset == "CANCEL"; })) << target;
  }
  EXPECT_EQ(refusals("slow_reader"), 2u);
  EXPECT_TRUE(eventually([&] { return server_->calls() == 0; }));
}

TEST_P(Http2ExchangeTest, WhoDoesNotReadItsAnswersGetsNoMoreUntilItDoes) {
  Limits limits;
  limits.unread_bytes_max = 250'000;
  limits.admission.queue_patience = seconds(10);  // this thread also reads the answers, which is slow under a sanitizer
  handler_.answer = [](HttpExchange& exchange) { EXPECT_TRUE(exchange.respond(200, {}, std::string(100'000, 'x')).ok()); };
  HttpPeer& peer = connect(limits);
  peer.say(wire::raw::settings({{wire::raw::INITIAL_WINDOW_SIZE, 0}}));
  for (int i = 0; i < 20; ++i) peer.ask("GET", "/");
  EXPECT_TRUE(eventually([&] { return handler_.served == 3; }));
  turn(milliseconds(20));
  EXPECT_EQ(handler_.served, 3);
  peer.say(wire::raw::window_update(0, 1 << 30) + wire::raw::settings({{wire::raw::INITIAL_WINDOW_SIZE, 1 << 20}}));
  EXPECT_TRUE(eventually([&] { return peer.answer().complete && handler_.served == 20; })) << handler_.served;
}

}  // namespace
}  // namespace holon::server
