#include "gateway/pipeline.h"

#include <google/protobuf/descriptor.h>

#include <filesystem>

#include "client/pool.h"
#include "env/disk.h"
#include "fiber/loop.h"
#include "gateway/access/api_keys.h"
#include "gateway/content/answer.h"
#include "gateway/split.h"
#include "gateway/test_contract.h"
#include "gateway/test_exchange.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

using testing::request;
using testing::TestExchange;

RouteConfig answers(std::string path, std::string body) {
  return {.name = path, .path = path, .target = ToAnswer{.body = std::move(body)}};
}

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() { EXPECT_TRUE(env::os().disk().make_directories(folder_).ok()); }
  ~PipelineTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::shared_ptr<const Edition> edition_of(Config config) {
    config.access_log = log_;
    const Fetch fetch = [](Call&, const std::string&) -> Result<std::string> { return unavailable("nobody is there"); };
    Result<std::shared_ptr<const Edition>> made = Edition::make(std::move(config), {env::os(), destinations_, edges_, fetch});
    EXPECT_TRUE(made.ok()) << made.error().to_string();
    return *made;
  }
  void use(Config config) { pipeline_ = std::make_unique<Pipeline>(env::os(), 1, contracts_.json(), edition_of(std::move(config))); }

  TestExchange ask(server::HttpRequest request) {
    TestExchange exchange(std::move(request));
    pipeline_->serve(exchange);
    return exchange;
  }
  TestExchange get(std::string target, HeaderList headers = {}) { return ask(request("GET", std::move(target), std::move(headers))); }

  std::filesystem::path folder_ = ::testing::TempDir() + "holon-pipeline-" + std::to_string(env::os().random());
  AccessLogConfig log_{.format = AccessLogConfig::Format::off, .file = {}};
  fiber::Loop loop_{env::os(), 0};
  client::Pools pools_{{&loop_}};
  Contracts contracts_ = *Contracts::load(testing::library_manifest());
  Remote remote_{pools_, contracts_};
  Destinations destinations_{env::os(), {&loop_}, pools_, contracts_, remote_};
  RouteEdges edges_;
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(PipelineTest, TheFirstRuleThatFitsAnswers) {
  use({.routes = {answers("/a", "exact"), answers("/**", "rest")}});
  EXPECT_EQ(get("/a?x=1").body, "exact");
  EXPECT_EQ(get("/b").body, "rest");
  const TestExchange head = ask(request("HEAD", "/a"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
}

TEST_F(PipelineTest, WhatHasNoRuleIsNotFound) {
  use({.routes = {answers("/a", "")}});
  const TestExchange exchange = get("/secret?token=1");
  EXPECT_EQ(exchange.status, 404);
  EXPECT_EQ(exchange.header("content-type"), "application/problem+json");
  EXPECT_NE(exchange.body.find("nothing answers GET /secret here"), std::string::npos) << exchange.body;
}

TEST_F(PipelineTest, OptionsOfTheServerItself) {
  use({.routes = {answers("/**", "")}});
  EXPECT_EQ(ask(request("OPTIONS", "*")).status, 204);
}

TEST_F(PipelineTest, PathsThatCanBeReadInTwoWaysAreRefusedAndCounted) {
  use({.routes = {answers("/admin/**", "guarded"), answers("/**", "open")}});
  const std::uint64_t before = telemetry::refusals_of("gateway.bad_request");
  for (const char* path : {"/%2fadmin", "/x/../admin", "/admin%2Fx", "/a%", "/%FF"}) EXPECT_EQ(get(path).status, 400) << path;
  EXPECT_EQ(telemetry::refusals_of("gateway.bad_request"), before + 5);
}

TEST_F(PipelineTest, EachAnswerHasARequestId) {
  use({.routes = {answers("/a", "")}});
  EXPECT_EQ(get("/a", {{"x-request-id", "mine-7"}}).header("x-request-id"), "mine-7");
  EXPECT_EQ(get("/a").header("x-request-id").size(), 32u);
  EXPECT_EQ(get("/b", {{"x-request-id", "two words"}}).header("x-request-id").size(), 32u);
  const char* trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(get("/a", {{"traceparent", trace}}).header("x-request-id"), "0af7651916cd43dd8448eb211c80319c");
}

TEST_F(PipelineTest, WhoMayNotEnterIsToldHow) {
  const Result<NewApiKey> key = make_api_key("ann", {}, env::os());
  ASSERT_TRUE(key.ok());
  ASSERT_TRUE(env::os().disk().exchange(folder_ / "keys", key->line + "\n").ok());
  Config config{.api_keys = {{.name = "partners", .file = (folder_ / "keys").string()}}, .routes = {answers("/a", "in"), answers("/b", "open")}};
  config.access.any_of = {"partners"};
  config.routes[1].access = AccessConfig();
  use(std::move(config));
  EXPECT_EQ(get("/a").status, 401);
  EXPECT_EQ(get("/a", {{"x-api-key", "wrong"}}).status, 401);
  EXPECT_EQ(get("/a", {{"x-api-key", key->key}}).body, "in");
  EXPECT_EQ(get("/b").body, "open");
}

TEST_F(PipelineTest, RatesCountWhoeverTries) {
  Config config{.routes = {answers("/a", "in")}};
  config.routes[0].rates = {{.requests = 2, .window = std::chrono::hours(1)}};
  use(std::move(config));
  EXPECT_EQ(get("/a").status, 200);
  EXPECT_NE(get("/a").header("ratelimit"), "");
  const TestExchange refused = get("/a");
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.header("retry-after"), "");
}

TEST_F(PipelineTest, TooManyAtATimeAreTurnedAway) {
  Config config{.routes = {answers("/a", "in")}};
  config.limits.requests_max = 0;
  use(std::move(config));
  const TestExchange refused = get("/a");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "1");
}

TEST_F(PipelineTest, PagesOfOtherOriginsAskFirst) {
  Config config{.routes = {answers("/a", "in")}};
  config.routes[0].methods = {"POST"};
  config.routes[0].cors = CorsConfig{.origins = {"https://shop.example"}};
  use(std::move(config));
  const TestExchange preflight =
      ask(request("OPTIONS", "/a", {{"origin", "https://shop.example"}, {"access-control-request-method", "POST"}}));
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-origin"), "https://shop.example");
  const TestExchange stranger = ask(request("POST", "/a", {{"origin", "https://evil.example"}}));
  EXPECT_EQ(stranger.header("access-control-allow-origin"), "");
  EXPECT_EQ(ask(request("POST", "/a", {{"origin", "https://shop.example"}})).header("access-control-allow-origin"),
            "https://shop.example");
}

TEST_F(PipelineTest, HeadersOfTheRouteAreOnItsProblemsToo) {
  Config config{.routes = {{.name = "x", .path = "/x", .target = ToContracts()}}};
  config.routes[0].add_headers = {{"strict-transport-security", "max-age=1"}};
  use(std::move(config));
  const TestExchange exchange = get("/x");
  EXPECT_EQ(exchange.status, 404);
  EXPECT_EQ(exchange.header("strict-transport-security"), "max-age=1");
}

TEST_F(PipelineTest, TheNextEditionIsForRequestsToCome) {
  use({.routes = {answers("/a", "old")}});
  EXPECT_EQ(get("/a").body, "old");
  pipeline_->use(edition_of({.routes = {answers("/a", "new")}}));
  EXPECT_EQ(get("/a").body, "new");
}

TEST_F(PipelineTest, TheLogHasNoQuery) {
  log_ = {.format = AccessLogConfig::Format::combined, .file = (folder_ / "access.log").string()};
  use({.routes = {answers("/a", "hello")}});
  get("/a?token=secret", {{"referer", "https://shop.example/x?token=secret"}, {"user-agent", "me\"\n"}});
  pipeline_->edition()->log().flush();
  const Result<std::string> log = env::os().disk().read(folder_ / "access.log");
  ASSERT_TRUE(log.ok());
  EXPECT_THAT(*log, ::testing::MatchesRegex(
                        "192\\.0\\.2\\.7 - - \\[../.../....:..:..:.. \\+0000\\] \"GET /a HTTP/1\\.1\" 200 5 "
                        "\"https://shop\\.example/x\" \"me\\\\\"\\\\x0a\"\n"));
}

TEST_F(PipelineTest, ALogThatIsRotatedBeginsAnew) {
  log_ = {.format = AccessLogConfig::Format::json, .file = (folder_ / "access.log").string()};
  use({.routes = {answers("/**", "")}});
  get("/first");
  pipeline_->edition()->log().flush();
  std::filesystem::rename(folder_ / "access.log", folder_ / "access.log.1");
  get("/second");
  pipeline_->edition()->log().flush();
  const std::string old_log = *env::os().disk().read(folder_ / "access.log.1");
  const std::string new_log = *env::os().disk().read(folder_ / "access.log");
  EXPECT_THAT(old_log, ::testing::HasSubstr("\"path\":\"/first\""));
  EXPECT_THAT(new_log, ::testing::HasSubstr("\"path\":\"/second\""));
  EXPECT_THAT(old_log, ::testing::Not(::testing::HasSubstr("/second")));
}

TEST(Split, TheSameIdGoesTheSameWayAndAllGoByWeight) {
  const auto one = std::make_shared<Answer>(ToAnswer());
  const auto other = std::make_shared<Answer>(ToAnswer());
  const Split split({{.weight = 9, .destination = one}, {.weight = 1, .destination = other}}, 42);
  int ones = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = "request-" + std::to_string(i);
    const Destination& chosen = split.choose(id);
    EXPECT_EQ(&chosen, &split.choose(id));
    if (&chosen == one.get()) ++ones;
  }
  EXPECT_NEAR(ones, 9'000, 200);
}

}  // namespace
}  // namespace holon::gateway
