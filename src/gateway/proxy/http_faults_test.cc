#include "gateway/proxy/http_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/test_exchange.h"
#include "telemetry/metrics.h"

namespace holon::gateway {
namespace {

using faults::Ending;
using faults::Rule;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using testing::request;
using testing::TestExchange;

/// Notes that it was asked, and answers in one of three ways.
struct Pages final : Destination {
  explicit Pages(int& times) : asked(times) {}
  void serve(Visit& visit) const override {
    ++asked;
    if (visit.request().target == "/wrong") return visit.problem(internal_error("no paper"));
    if (visit.request().target == "/whole") return visit.respond(200, {}, "page");
    visit.begin(200, {}, {});
    if (visit.write("page").ok()) visit.end();
  }
  int& asked;
};

class HttpFaultsTest : public ::testing::Test {
 protected:
  void set(Rule rule) {
    rule.id = 3;
    faults_.set({std::move(rule)});
  }
  const TestExchange& ask(const std::string& target, HeaderList headers = {}) {
    exchange_ = std::make_unique<TestExchange>(request("GET", target, std::move(headers)));
    testing::visit(service_, *exchange_);
    return *exchange_;
  }

  fiber::Loop loop_{env::os(), 0};
  faults::Faults faults_;
  int asked_ = 0;
  HttpFaults service_{{.urls = {}, .service = "pages", .caller = "front", .strip_prefix = {}}, faults_,
                      telemetry::metrics().add_edge({telemetry::Way::remote, "front", "pages/*"}), std::make_unique<Pages>(asked_)};
  std::unique_ptr<TestExchange> exchange_;
};

TEST_F(HttpFaultsTest, LetRequestsPassThatNoneHits) {
  EXPECT_EQ(ask("/whole").body, "page");
  set({.from = "gateway", .to = "pages", .ending = Ending::reset});
  EXPECT_EQ(ask("/whole").body, "page");
  set({.from = "front", .to = "pages", .method = "POST", .ending = Ending::reset});
  EXPECT_EQ(ask("/whole").body, "page");
  set({.to = "pages", .metadata = {{"x-try", "1"}}, .ending = Ending::reset});
  EXPECT_EQ(ask("/whole", {{"x-try", "2"}}).body, "page");
  EXPECT_EQ(asked_, 4);
}

TEST_F(HttpFaultsTest, AnAbortIsAStatusOfHttpAndAProblem) {
  set({.from = "front", .to = "pages", .method = "GET", .metadata = {{"x-try", "1"}}, .ending = Ending::abort, .code = Code::unavailable});
  const TestExchange& answer = ask("/whole", {{"x-try", "1"}});
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("fault 3 (see `holon fault list`) ended the call"));
  EXPECT_EQ(asked_, 0);
}

TEST_F(HttpFaultsTest, ADelayHoldsTheRequestUp) {
  set({.delay = milliseconds(30)});
  const env::Time began = env::os().now();
  EXPECT_EQ(ask("/pieces").body, "page");
  EXPECT_GE(env::os().now() - began, milliseconds(30));
}

TEST_F(HttpFaultsTest, AResetCutsTheConnectionOffWhenTheRequestWasHandled) {
  set({.ending = Ending::reset});
  for (const char* target : {"/whole", "/pieces", "/wrong"}) {
    const TestExchange& answer = ask(target);
    EXPECT_TRUE(answer.aborted) << target;
    EXPECT_EQ(answer.status, 0) << target;
  }
  EXPECT_EQ(asked_, 3);
}

}  // namespace
}  // namespace holon::gateway
