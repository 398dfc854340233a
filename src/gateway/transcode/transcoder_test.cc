#include "gateway/transcode/transcoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/test_exchange.h"
#include "gateway/transcode/test_world.h"
#include "holon/task.h"

namespace holon::gateway {
namespace {

using testing::TestExchange;
using namespace std::chrono_literals;

constexpr std::string_view json = "application/json";
constexpr std::string_view lines = "application/x-ndjson";

class TranscoderTest : public ::testing::Test {
 protected:
  Outcome visit(TestExchange& exchange, RouteConfig route = {}) { return testing::visit(*transcoder_, exchange, std::move(route)); }

  TestExchange get(std::string target, HeaderList headers = {}) {
    TestExchange exchange(testing::request("GET", std::move(target), std::move(headers)));
    visit(exchange);
    return exchange;
  }
  TestExchange post(std::string target, std::string_view type, std::vector<std::string> body) {
    TestExchange exchange(testing::request("POST", std::move(target), {{"content-type", std::string(type)}}), std::move(body));
    visit(exchange);
    return exchange;
  }
  void quick_beats() { transcoder_ = make({.first = 1ms, .later = 1ms}); }
  /// Lets the loop turn until `condition` holds.
  template <class Condition>
  bool eventually(Condition condition) {
    internal::RootCall call(env::os().now() + 10s);
    while (!condition() && sleep(call, 1ms).ok()) {
    }
    return condition();
  }

  std::unique_ptr<Transcoder> make(Beats beats) {
    return Transcoder::make(world_.contracts, world_.remote, {}, std::chrono::hours(1), beats).value();
  }
  testing::RulesWorld world_;
  std::unique_ptr<Transcoder> transcoder_ = make({});
};

TEST_F(TranscoderTest, AUnaryCallAnswersInJson) {
  const TestExchange exchange = get("/r/things/a%20b?count=7&part.inner.weight=3");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.header("content-type"), json);
  EXPECT_EQ(exchange.body, R"({"id":"a b","count":7,"part":{"inner":{"weight":3}}})");
}

TEST_F(TranscoderTest, KnownServicesOnly) {
  const auto made = Transcoder::make(world_.contracts, world_.remote, {{"transcoding.rules.Rulers"}}, 1h);
  EXPECT_EQ(made.code(), Code::not_found);
  EXPECT_EQ(made.error().message(), "there is no contract of a service transcoding.rules.Rulers");
  EXPECT_TRUE(Transcoder::make(world_.contracts, world_.remote, {{"transcoding.rules.Rules"}}, 1h).ok());
}

TEST_F(TranscoderTest, OptionsSaysWhatAPathTakes) {
  TestExchange exchange(testing::request("OPTIONS", "/r/things"));
  visit(exchange);
  EXPECT_EQ(exchange.status, 204);
  EXPECT_EQ(exchange.header("allow"), "GET, HEAD, OPTIONS, POST, SEARCH");
}

TEST_F(TranscoderTest, TypesThatDoNotFitAreRefused) {
  EXPECT_EQ(post("/r/things", "text/plain", {"{}"}).status, 415);
  EXPECT_EQ(post("/r/things", "text/plain", {"{}"}).header("accept"), json);
  EXPECT_EQ(post("/r/collect", "text/plain", {"{}"}).header("accept"), lines);
  EXPECT_EQ(get("/r/things/1", {{"accept", "text/html"}}).status, 406);
  EXPECT_EQ(get("/r/count/1", {{"accept", "text/html"}}).status, 406);
}

TEST_F(TranscoderTest, AnErrorMaySayWhenToTryAgain) {
  const TestExchange exchange = get("/r/fail?code=14&message=later&retry_ms=1500");
  EXPECT_EQ(exchange.status, 503);
  EXPECT_EQ(exchange.header("retry-after"), "2");
}

TEST_F(TranscoderTest, RepliesAreSentOneByOne) {
  const TestExchange exchange = get("/r/count/3");
  EXPECT_EQ(exchange.header("content-type"), lines);
  EXPECT_THAT(exchange.written, ::testing::ElementsAre("{\"part\":{}}\n", "{\"count\":1,\"part\":{\"weight\":1}}\n",
                                                       "{\"count\":2,\"part\":{\"weight\":2}}\n"));
  EXPECT_TRUE(exchange.ended);
}

TEST_F(TranscoderTest, AStreamOfNothingHasAHead) {
  const TestExchange exchange = get("/r/count/0");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.header("content-type"), lines);
  EXPECT_EQ(exchange.body, "");
  EXPECT_TRUE(exchange.ended);
}

TEST_F(TranscoderTest, EventsAreNumberedOnFromTheLastThatWasSeen) {
  const TestExchange exchange = get("/r/count/2", {{"accept", "text/event-stream"}, {"last-event-id", "41"}});
  EXPECT_EQ(exchange.header("content-type"), "text/event-stream");
  EXPECT_EQ(exchange.header("cache-control"), "no-cache");
  EXPECT_EQ(exchange.body, "retry: 3000\nid: 42\ndata: {\"part\":{}}\n\nid: 43\ndata: {\"count\":1,\"part\":{\"weight\":1}}\n\n");
}

TEST_F(TranscoderTest, AnErrorBeforeTheFirstReplyHasItsStatus) {
  const TestExchange exchange = get("/r/fail-later?code=5&message=gone");
  EXPECT_EQ(exchange.status, 404);
  EXPECT_EQ(exchange.header("content-type"), "application/problem+json");
}

TEST_F(TranscoderTest, AnErrorAfterRepliesIsTheLastOfThem) {
  const std::string_view problem = R"({"type":"about:blank","title":"Not Found","status":404,"detail":"gone","code":"NOT_FOUND",)"
                                   R"("message":"gone","details":[]})";
  const TestExchange in_lines = get("/r/fail-later?code=5&message=gone&after=1");
  EXPECT_EQ(in_lines.status, 200);
  EXPECT_EQ(in_lines.body, "{\"part\":{}}\n{\"error\":" + std::string(problem) + "}\n");
  EXPECT_TRUE(in_lines.ended);
  const TestExchange as_events = get("/r/fail-later?code=5&message=gone&after=1", {{"accept", "text/event-stream"}});
  EXPECT_TRUE(as_events.body.ends_with("\n\nevent: error\ndata: " + std::string(problem) + "\n\n")) << as_events.body;
  const TestExchange in_bytes = get("/r/fail-pages?code=5&after=1");
  EXPECT_EQ(in_bytes.body, "piece");
  EXPECT_TRUE(in_bytes.aborted);
}

TEST_F(TranscoderTest, ASilentStreamShowsThatItGoesOn) {
  quick_beats();
  TestExchange exchange(testing::request("GET", "/r/silence", {{"accept", "text/event-stream"}}));
  exchange.leave_after(3);
  visit(exchange);
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.body, "retry: 3000\n\n:\n\n:\n\n");
  EXPECT_TRUE(eventually([&] { return world_.rules.left == 1; })) << "the service learns that the client has gone";
}

TEST_F(TranscoderTest, TheHeadOfLinesGoesBeforeAReply) {
  quick_beats();
  TestExchange exchange(testing::request("GET", "/r/silence"));
  testing::VisitWorld around(exchange);
  TaskGroup group(around.call);
  group.spawn([&](Call&) -> Result<void> {
    testing::visit(*transcoder_, exchange, around);
    return {};
  });
  EXPECT_TRUE(eventually([&] { return exchange.status == 200; }));
  EXPECT_EQ(exchange.body, "");
  exchange.leave();
}

TEST_F(TranscoderTest, AClientThatLeavesEndsItsCall) {
  TestExchange exchange(testing::request("GET", "/r/wait"));
  testing::VisitWorld around(exchange);
  TaskGroup group(around.call);
  group.spawn([&](Call&) -> Result<void> {
    testing::visit(*transcoder_, exchange, around);
    return {};
  });
  ASSERT_TRUE(eventually([&] { return world_.rules.waiting == 1; }));
  exchange.leave();
  EXPECT_TRUE(eventually([&] { return world_.rules.left == 1; }));
}

TEST_F(TranscoderTest, RequestsOfAStreamAreReadWhileTheyArrive) {
  const TestExchange exchange =
      post("/r/collect", lines, {"{\"id\":\"a\"}\n{\"i", "d\":\"b\"}", "\n\n{\"id\":", "\"c\"}"});
  EXPECT_EQ(exchange.status, 200) << exchange.body;
  EXPECT_EQ(exchange.body, R"({"count":3,"ids":"abc"})");
  EXPECT_EQ(post("/r/collect/x/parts?count=1", lines, {"{\"name\":\"1\"}\n{\"name\":\"2\"}\n"}).body, R"({"count":2,"ids":"x1x2"})");
  EXPECT_EQ(post("/r/collect", lines, {}).body, "{}");
}

TEST_F(TranscoderTest, ABadRequestOfAStreamHasItsPlace) {
  const TestExchange exchange = post("/r/collect", lines, {"{\"id\":\"a\"}\n", " {\"identity\":1}\n"});
  EXPECT_EQ(exchange.status, 400);
  EXPECT_NE(exchange.body.find("the body: 2:3: "), std::string::npos) << exchange.body;
  EXPECT_NE(exchange.body.find("identity"), std::string::npos) << exchange.body;
  const TestExchange url = post("/r/collect/x/parts?nothing_such=1", lines, {});
  EXPECT_EQ(url.status, 400) << "even if there is no request at all";
}

TEST_F(TranscoderTest, AServiceMayAnswerBeforeItHasReadAll) {
  const TestExchange exchange = post("/r/first", lines, std::vector<std::string>(10'000, "{\"id\":\"again\"}\n"));
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.body, R"({"id":"again"})");
}

TEST_F(TranscoderTest, StreamsBothWays) {
  const TestExchange exchange = post("/r/chat/x", lines, {"{\"count\":1}\n", "{\"count\":2}\n"});
  EXPECT_EQ(exchange.body, "{\"id\":\"x\",\"count\":1}\n{\"id\":\"x\",\"count\":2}\n");
  const TestExchange failed = post("/r/chat/x", lines, {"{\"text\":\"fail\"}\n"});
  EXPECT_EQ(failed.status, 400);
  const TestExchange broken = post("/r/chat/x", lines, {"{\"count\":}\n"});
  EXPECT_EQ(broken.status, 400);
}

TEST_F(TranscoderTest, UploadsAreStreamsOfPieces) {
  EXPECT_EQ(post("/r/receive/x", "image/png", {"\xFF\x01", std::string(100'000, 'y')}).body,
            R"({"count":2,"bytes":"100002","ids":"x","contentType":"image/png"})");
  EXPECT_EQ(post("/r/receive/x", "image/png", {}).body, R"({"count":1,"ids":"x","contentType":"image/png"})");
  EXPECT_EQ(post("/r/mirror", "text/css", {"a", "b"}).header("content-type"), "text/css");
}

TEST_F(TranscoderTest, DownloadsAreStreamsOfPieces) {
  const TestExchange exchange = get("/r/download/3");
  EXPECT_EQ(exchange.header("content-type"), "image/png");
  EXPECT_EQ(exchange.header("content-disposition"), "attachment");
  EXPECT_EQ(exchange.written.size(), 3u);
  EXPECT_EQ(exchange.body, "012345678901234567890123456789");
  EXPECT_EQ(get("/r/download/0").header("content-type"), "application/octet-stream");
}

TEST_F(TranscoderTest, BodiesThatCannotBeRead) {
  TestExchange slow(testing::request("POST", "/r/collect"), {"{}"});
  slow.fail_reading(deadline_exceeded("too slow"));
  visit(slow);
  EXPECT_EQ(slow.status, 408);
  TestExchange large(testing::request("POST", "/r/things"), {"{}"});
  large.fail_reading(resource_exhausted("too large"));
  visit(large);
  EXPECT_EQ(large.status, 413);
}

}  // namespace
}  // namespace holon::gateway
