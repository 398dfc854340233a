#include "gateway/openapi/document.h"

#include <gtest/gtest.h>

#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

testing::TestExchange ask(const std::string& json, std::string method, HeaderList headers = {}) {
  testing::TestExchange exchange(testing::request(std::move(method), "/openapi.json", std::move(headers)));
  testing::visit(OpenApiDocument(json), exchange);
  return exchange;
}

TEST(OpenApiDocument, IsJsonWithATag) {
  const testing::TestExchange exchange = ask("{}\n", "GET");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.header("content-type"), "application/json");
  EXPECT_EQ(exchange.body, "{}\n");
  EXPECT_EQ(exchange.header("etag"), ask("{}\n", "HEAD").header("etag"));
  EXPECT_NE(exchange.header("etag"), ask("{ }\n", "GET").header("etag"));
}

TEST(OpenApiDocument, IsNotSentToWhoHasIt) {
  const std::string tag = ask("{}", "GET").header("etag");
  const testing::TestExchange known = ask("{}", "GET", {{"if-none-match", "\"1\", W/" + tag}});
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.body, "");
  EXPECT_EQ(ask("{ }", "GET", {{"if-none-match", tag}}).status, 200);
  EXPECT_EQ(ask("{ }", "GET", {{"if-match", tag}}).status, 412);
}

TEST(OpenApiDocument, IsOnlyRead) {
  const testing::TestExchange posted = ask("{}", "POST");
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(posted.header("allow"), "GET, HEAD");
}

}  // namespace
}  // namespace holon::gateway
