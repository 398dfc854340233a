#include "gateway/content/redirect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/content/answer.h"
#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

std::string location(const std::string& to, const std::string& target, const std::string& host = "shop.example") {
  testing::TestExchange exchange(testing::request("GET", target));
  testing::VisitWorld world(exchange);
  world.visitor.host = host;
  testing::visit(Redirect({.to = to}), exchange, world);
  EXPECT_EQ(exchange.status, 308);
  EXPECT_TRUE(exchange.body.empty());
  return exchange.header("location");
}

TEST(Redirect, FillsInItsPlaceholders) {
  EXPECT_EQ(location("https://{host}{path}{query}", "/a%20b?c=d&e"), "https://shop.example/a%20b?c=d&e");
  EXPECT_EQ(location("https://{host}{path}{query}", "/"), "https://shop.example/");
  EXPECT_EQ(location("{scheme}://www.{host}/new{path}", "/x?y"), "http://www.shop.example/new/x");
  EXPECT_EQ(location("/elsewhere", "/x?y"), "/elsewhere");
  EXPECT_EQ(location("https://{host}{path}", "*"), "https://shop.example/");
  EXPECT_EQ(location("https://{host}{path}", "/", "[2001:db8::1]:8080"), "https://[2001:db8::1]:8080/");
}

TEST(Redirect, NobodyCanChooseAnotherServer) {
  for (const char* target : {"//evil.example", "///evil.example", "/\\evil.example", "/\\/evil.example", "//evil.example/%2e%2e"}) {
    EXPECT_THAT(location("{path}", target), ::testing::StartsWith("/evil.example")) << target;
    EXPECT_THAT(location("/{path}", target), ::testing::StartsWith("/evil.example")) << target;
    EXPECT_THAT(location("https://shop.example{path}", target), ::testing::StartsWith("https://shop.example/evil.example"));
  }
  EXPECT_EQ(location("https://shop.example{path}", "/.evil.example"), "https://shop.example/.evil.example");
  EXPECT_EQ(location("https://shop.example{path}", "/@evil.example"), "https://shop.example/@evil.example");
}

TEST(Redirect, NothingOfTheRequestEndsTheHeader) {
  EXPECT_EQ(location("{path}{query}", "/a\r\nset-cookie: b?c\r\n\r\n<script>"), "/a%0D%0Aset-cookie:%20b?c%0D%0A%0D%0A%3Cscript%3E");
  EXPECT_EQ(location("https://{host}/", "/", "a\"<b>\n"), "https://a%22%3Cb%3E%0A/");
  EXPECT_EQ(location("{path}", "/\xc3\xa9\x7f"), "/%C3%A9%7F");
}

TEST(Redirect, ATemplateIsChecked) {
  for (const char* to : {"https://{host}{path}{query}", "{scheme}://{host}/x", "/x", "{path}", "http://a.example/?b=c#d"}) {
    EXPECT_TRUE(check_redirect(to).ok()) << to;
  }
  for (const char* to : {"", "shop.example", "https://{hots}/", "https://{host/", "https://a b", "/x\n", "{query}", "/{Path}"}) {
    EXPECT_EQ(check_redirect(to).code(), Code::invalid_argument) << to;
  }
  EXPECT_THAT(check_redirect("https://{hots}/").error().message(), ::testing::HasSubstr("\"{hots}\""));
}

TEST(Answer, IsWhatTheConfigurationSays) {
  testing::TestExchange exchange(testing::request("GET", "/robots.txt"));
  testing::visit(Answer({.status = 410, .body = "gone"}), exchange);
  EXPECT_EQ(exchange.status, 410);
  EXPECT_EQ(exchange.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(exchange.body, "gone");
}

}  // namespace
}  // namespace holon::gateway
