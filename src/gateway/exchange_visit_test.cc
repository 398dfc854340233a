#include "gateway/exchange_visit.h"

#include <gtest/gtest.h>

#include <functional>

#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

using testing::request;
using testing::TestExchange;

struct Lambda final : Destination {
  explicit Lambda(std::function<void(Visit&)> code) : code(std::move(code)) {}
  void serve(Visit& visit) const override { code(visit); }
  std::function<void(Visit&)> code;
};

Outcome visit(TestExchange& exchange, std::function<void(Visit&)> code) {
  return testing::visit(Lambda(std::move(code)), exchange);
}

TEST(ExchangeVisit, AnswersWithWhatWasAddedOnTheWay) {
  TestExchange exchange(request("GET", "/"));
  const Outcome outcome = visit(exchange, [](Visit& visit) {
    visit.add_header("x-request-id", "7");
    visit.respond(201, {{"content-type", "text/plain"}}, "hello");
  });
  EXPECT_EQ(exchange.status, 201);
  EXPECT_EQ(exchange.headers, (HeaderList{{"content-type", "text/plain"}, {"x-request-id", "7"}}));
  EXPECT_EQ(exchange.body, "hello");
  EXPECT_EQ(outcome.status, 201);
  EXPECT_EQ(outcome.bytes, 5u);
}

TEST(ExchangeVisit, CountsAnAnswerInPieces) {
  TestExchange exchange(request("GET", "/"));
  const Outcome outcome = visit(exchange, [](Visit& visit) {
    visit.begin(200, {}, {});
    EXPECT_TRUE(visit.write("one").ok());
    EXPECT_TRUE(visit.write("four").ok());
    visit.end({{"x-sum", "8"}});
  });
  EXPECT_EQ(exchange.written, (std::vector<std::string>{"one", "four"}));
  EXPECT_EQ(exchange.trailers, (HeaderList{{"x-sum", "8"}}));
  EXPECT_EQ(outcome.bytes, 7u);
  EXPECT_FALSE(outcome.cut_off);
}

TEST(ExchangeVisit, AHeaderThatBreaksTheFramingBecomesAProblemOfTheServer) {
  TestExchange exchange(request("GET", "/"));
  const Outcome outcome = visit(exchange, [](Visit& visit) {
    visit.begin(200, {{"x-evil", "a\r\nset-cookie: b"}}, {});
    EXPECT_FALSE(visit.write("secret").ok());
    visit.end();
  });
  EXPECT_EQ(exchange.status, 500);
  EXPECT_EQ(exchange.header("x-evil"), "");
  EXPECT_EQ(exchange.body.find("secret"), std::string::npos);
  EXPECT_EQ(outcome.status, 500);
}

TEST(ExchangeVisit, ProblemsHaveTheStatusOfTheirCode) {
  TestExchange exchange(request("GET", "/"));
  visit(exchange, [](Visit& visit) { visit.problem(unavailable("nobody is there")); });
  EXPECT_EQ(exchange.status, 503);
  EXPECT_EQ(exchange.header("content-type"), "application/problem+json");
  EXPECT_EQ(exchange.header("retry-after"), "1");
  EXPECT_NE(exchange.body.find("\"code\":\"UNAVAILABLE\""), std::string::npos) << exchange.body;
}

TEST(ExchangeVisit, AProblemAfterTheBeginningCutsTheAnswerOff) {
  TestExchange exchange(request("GET", "/"));
  const Outcome outcome = visit(exchange, [](Visit& visit) {
    visit.begin(200, {}, 10);
    visit.problem(internal_error("half-way"));
  });
  EXPECT_EQ(exchange.status, 200);
  EXPECT_TRUE(exchange.aborted);
  EXPECT_TRUE(outcome.cut_off);
}

TEST(ExchangeVisit, ReadsABodyWithinTheBudgetOfAll) {
  TestExchange exchange(request("POST", "/"), {"ab", "cd", "ef"});
  testing::VisitWorld world(exchange);
  world.bodies = BodyBudget(6);
  testing::visit(Lambda([&](Visit& visit) {
                   EXPECT_EQ(*visit.read_all(), "abcdef");
                   EXPECT_EQ(world.bodies.held(), 6u);
                   visit.respond(204, {}, "");
                 }),
                 exchange, world);
  EXPECT_EQ(world.bodies.held(), 0u);
}

TEST(ExchangeVisit, RefusesABodyBeyondTheBudgetOfAll) {
  TestExchange exchange(request("POST", "/"), {"ab", "cd", "ef"});
  testing::VisitWorld world(exchange);
  world.bodies = BodyBudget(5);
  testing::visit(Lambda([&](Visit& visit) { EXPECT_EQ(visit.read_all().code(), Code::unavailable); }), exchange, world);
  EXPECT_EQ(world.bodies.held(), 0u);
}

TEST(ExchangeVisit, ExtendsTheTimeFromTheArrivalOn) {
  TestExchange exchange(request("GET", "/"));
  visit(exchange, [&](Visit& visit) {
    visit.extend(std::chrono::hours(1));
    EXPECT_EQ(visit.call().deadline(), exchange.arrived() + std::chrono::hours(1));
    visit.extend(nanoseconds(0));
    EXPECT_EQ(visit.read().code(), Code::deadline_exceeded);
  });
}

TEST(ExchangeVisit, TheCallIsCancelledWhenTheClientLeaves) {
  TestExchange exchange(request("GET", "/"));
  exchange.leave_after(1);
  visit(exchange, [](Visit& visit) {
    visit.begin(200, {}, {});
    EXPECT_TRUE(visit.write("a").ok());
    EXPECT_TRUE(visit.call().cancelled());
    EXPECT_EQ(visit.write("b").code(), Code::cancelled);
  });
}

HeaderList takes(const char* coding) { return {{"accept-encoding", coding}}; }
const std::string text(5000, 'a');

TEST(ExchangeVisit, CompressesAWholeAnswerForWhoTakesIt) {
  TestExchange exchange(request("GET", "/", takes("br")));
  const Outcome outcome = visit(exchange, [](Visit& visit) { visit.respond(200, {{"content-type", "text/plain"}}, text); });
  EXPECT_EQ(exchange.header("content-encoding"), "br");
  EXPECT_EQ(exchange.header("vary"), "accept-encoding");
  EXPECT_LT(exchange.body.size(), 100u);
  EXPECT_EQ(exchange.length, exchange.body.size());
  EXPECT_EQ(outcome.bytes, text.size());

  TestExchange plain(request("GET", "/"));
  visit(plain, [](Visit& visit) { visit.respond(200, {{"content-type", "text/plain"}}, text); });
  EXPECT_EQ(plain.header("vary"), "accept-encoding");
  EXPECT_EQ(plain.body, text);
}

TEST(ExchangeVisit, EachPieceOfAStreamIsFlushed) {
  TestExchange exchange(request("GET", "/", takes("gzip")));
  visit(exchange, [&](Visit& visit) {
    visit.begin(200, {{"content-type", "text/event-stream"}}, {});
    for (std::size_t i = 1; i <= 3; ++i) {
      EXPECT_TRUE(visit.write("data: {}\n\n").ok());
      EXPECT_EQ(exchange.written.size(), i);
    }
    visit.end();
  });
  EXPECT_EQ(exchange.header("content-encoding"), "gzip");
  EXPECT_TRUE(exchange.ended);
  EXPECT_EQ(exchange.written.size(), 4u);  // and gzip's own end
}

TEST(ExchangeVisit, PiecesOfAKnownLengthAreGatheredAndTheLengthIsUnknown) {
  TestExchange exchange(request("GET", "/", takes("gzip")));
  visit(exchange, [&](Visit& visit) {
    visit.begin(200, {{"content-type", "text/css"}, {"etag", "\"v1\""}}, 2 * text.size());
    EXPECT_TRUE(visit.write(text).ok());
    EXPECT_TRUE(visit.write(text).ok());
    visit.end();
  });
  EXPECT_EQ(exchange.length, std::nullopt);
  EXPECT_EQ(exchange.header("etag"), "W/\"v1\"");
  EXPECT_LT(exchange.body.size(), 200u);
  EXPECT_TRUE(exchange.ended);
}

TEST(ExchangeVisit, AnAnswerToHeadSaysTheCodingAndEncodesNothing) {
  TestExchange exchange(request("HEAD", "/", takes("gzip")));
  visit(exchange, [&](Visit& visit) {
    visit.begin(200, {{"content-type", "text/css"}}, text.size());
    visit.end();
  });
  EXPECT_EQ(exchange.header("content-encoding"), "gzip");
  EXPECT_EQ(exchange.body, "");
  EXPECT_TRUE(exchange.ended);
}

}  // namespace
}  // namespace holon::gateway
