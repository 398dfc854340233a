#include "gateway/explorer/explorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

testing::TestExchange get(std::string target, HeaderList headers = {}, std::string method = "GET") {
  static const ExplorerPage explorer("/api/\"><script>");
  testing::TestExchange exchange(testing::request(std::move(method), std::move(target), std::move(headers)));
  RouteConfig route;
  route.path = "/explorer/**";
  testing::visit(explorer, exchange, route);
  return exchange;
}

TEST(Explorer, IsAPageWithItsScriptsAndStyles) {
  const testing::TestExchange page = get("/explorer/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("content=\"/api/&quot;>&lt;script>\""));
  EXPECT_EQ(get("/explorer/main.js").header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/explorer/explorer.css").header("content-type"), "text/css; charset=utf-8");
  EXPECT_EQ(get("/explorer").header("location"), "/explorer/");
  EXPECT_EQ(get("/explorer/?a#b").status, 200);
}

TEST(Explorer, TheBrowserHoldsItToItsOwnServer) {
  for (const char* target : {"/explorer/", "/explorer/main.js"}) {
    const testing::TestExchange exchange = get(target);
    EXPECT_THAT(exchange.header("content-security-policy"), HasSubstr("default-src 'none'; script-src 'self';")) << target;
    EXPECT_THAT(exchange.header("content-security-policy"), HasSubstr("frame-ancestors 'none'")) << target;
    EXPECT_THAT(exchange.header("content-security-policy"), Not(HasSubstr("unsafe"))) << target;
    EXPECT_EQ(exchange.header("x-frame-options"), "DENY") << target;
    EXPECT_EQ(exchange.header("x-content-type-options"), "nosniff") << target;
  }
}

TEST(Explorer, NothingInlineStandsInThePage) {
  const std::string page = get("/explorer/").body;
  for (const char* inline_code : {"<style", " style=", "javascript:", " onclick=", "http://", "https://"}) {
    EXPECT_THAT(page, Not(HasSubstr(inline_code)));
  }
}

TEST(Explorer, WhoHasItIsToldSo) {
  const std::string tag = get("/explorer/main.js").header("etag");
  EXPECT_EQ(get("/explorer/main.js", {{"if-none-match", tag}}).status, 304);
  EXPECT_EQ(get("/explorer/main.js", {{"if-none-match", "W/" + tag}}).status, 304);  // it went compressed
  EXPECT_EQ(get("/explorer/", {{"if-none-match", tag}}).status, 200);
}

TEST(Explorer, NothingElseIsThere) {
  for (const char* target : {"/explorer/none", "/explorer/../main.js", "/explorer/page/main.js", "/explorer//"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
  EXPECT_EQ(get("/explorer/", {}, "POST").status, 405);
  EXPECT_EQ(get("/explorer/main.js", {}, "HEAD").body, "");
}

}  // namespace
}  // namespace holon::gateway
