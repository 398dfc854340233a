#include "gateway/proxy/proxy_headers.h"

#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

/// Notes what would go on.
class Notes final : public Destination {
 public:
  explicit Notes(const ToHttp& to) : to_(to) {}
  void serve(Visit& visit) const override {
    const ProxyRequestHeaders made(visit, to_);
    for (const wire::HeaderView& header : made.views()) headers.emplace_back(header.name, header.value);
  }

  mutable HeaderList headers;

 private:
  const ToHttp& to_;
};

class ProxyHeadersTest : public ::testing::Test {
 protected:
  HeaderList sent_on(HeaderList headers, const ToHttp& to = {}) {
    testing::TestExchange exchange(testing::request("GET", "/", std::move(headers)));
    const Notes notes(to);
    testing::visit(notes, exchange);
    return notes.headers;
  }

  fiber::Loop loop_{env::os(), 0};
};

TEST_F(ProxyHeadersTest, ARequestGoesOnInItsOrderWithWhatTheGatewayKnows) {
  EXPECT_THAT(sent_on({{"accept", "*/*"}, {"x-b", "2"}, {"x-b", "1"}, {"range", "bytes=0-1"}, {"if-none-match", "\"a\""}}),
              ElementsAre(Pair("accept", "*/*"), Pair("x-b", "2"), Pair("x-b", "1"), Pair("range", "bytes=0-1"),
                          Pair("if-none-match", "\"a\""), Pair("x-forwarded-for", "192.0.2.7"),
                          Pair("x-forwarded-proto", "http"), Pair("x-forwarded-host", "shop.example"),
                          Pair("x-request-id", "test-1"), Pair("traceparent", StartsWith("00-"))));
}

TEST_F(ProxyHeadersTest, NobodyOutsideSaysWhatOnlyTheGatewayKnows) {
  for (const char* name : {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "forwarded",
                           "x-real-ip", "x-request-id", "traceparent", "remote-user", "holon-caller"}) {
    for (const auto& [sent, value] : sent_on({{name, "forged"}})) EXPECT_NE(value, "forged") << sent;
  }
}

TEST_F(ProxyHeadersTest, WhatConcernsTheClientsConnectionStaysThere) {
  for (const char* name : {"connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer",
                           "transfer-encoding", "upgrade", "expect", "content-length", "host", "http2-settings"}) {
    EXPECT_THAT(sent_on({{name, "x"}}), Not(Contains(Key(name))));
  }
}

TEST_F(ProxyHeadersTest, CrumbsOfACookieAreOneAgain) {
  EXPECT_THAT(sent_on({{"cookie", "a=1"}, {"accept", "*/*"}, {"cookie", "b=2"}}), Contains(Pair("cookie", "a=1; b=2")));
}

TEST_F(ProxyHeadersTest, APrefixThatWasTakenAwayIsTold) {
  ToHttp to;
  to.strip_prefix = "/shop";
  EXPECT_THAT(sent_on({}, to), Contains(Pair("x-forwarded-prefix", "/shop")));
}

TEST_F(ProxyHeadersTest, AResponseGoesBackWithoutWhatTheGatewaySaysItself) {
  const client::HttpOrigin origin{client::HttpOrigin::Scheme::http, "127.0.0.1", 9000};
  RouteConfig route;
  const auto back = [&](HeaderList headers) {
    return proxy_response_headers({.status = 200, .headers = std::move(headers), .content_length = {}}, route, origin, "/shop");
  };
  EXPECT_THAT(back({{"x-request-id", "theirs"}, {"upgrade", "h2c"}, {"proxy-authenticate", "x"}}), IsEmpty());
  EXPECT_THAT(back({{"set-cookie", "a=1"}, {"set-cookie", "b=2"}, {"access-control-allow-origin", "*"}}),
              ElementsAre(Pair("set-cookie", "a=1"), Pair("set-cookie", "b=2"), Pair("access-control-allow-origin", "*")));
  route.cors.emplace();
  EXPECT_THAT(back({{"access-control-allow-origin", "*"}}), IsEmpty());
}

TEST_F(ProxyHeadersTest, ALocationAtTheServerLeadsThroughTheGateway) {
  const client::HttpOrigin origin{client::HttpOrigin::Scheme::http, "127.0.0.1", 9000};
  const auto relocated = [&](std::string location) {
    return proxy_response_headers({.status = 302, .headers = {{"location", location}}, .content_length = {}}, {}, origin, "/shop")
        .front()
        .second;
  };
  EXPECT_EQ(relocated("http://127.0.0.1:9000/cart?a=b"), "/shop/cart?a=b");
  EXPECT_EQ(relocated("/cart"), "/cart");
  EXPECT_EQ(relocated("http://127.0.0.1:90001/cart"), "http://127.0.0.1:90001/cart");
  EXPECT_EQ(relocated("http://127.0.0.1:9000//evil.example/"), "http://127.0.0.1:9000//evil.example/");
  EXPECT_EQ(relocated("https://elsewhere.example/"), "https://elsewhere.example/");
}

TEST_F(ProxyHeadersTest, TrailersThatCameTooLateAreDropped) {
  EXPECT_THAT(proxy_trailers({{"X-Sum", "1"}, {"Set-Cookie", "a=1"}, {"Content-Type", "x"}, {"Transfer-Encoding", "y"}}),
              ElementsAre(Pair("x-sum", "1")));
}

TEST(ProxyTarget, GoesOnAsItCame) {
  EXPECT_EQ(*proxy_target("/a%20b/c?d=%2F", "", ""), "/a%20b/c?d=%2F");
  EXPECT_EQ(*proxy_target("/a", "", "/base"), "/base/a");
  EXPECT_EQ(*proxy_target("/shop/a?b", "/shop", ""), "/a?b");
  EXPECT_EQ(*proxy_target("/shop/a", "/shop/", "/base"), "/base/a");
  EXPECT_EQ(*proxy_target("/shop", "/shop", ""), "/");
  EXPECT_EQ(*proxy_target("/shop?a", "/shop", ""), "/?a");
  EXPECT_EQ(*proxy_target("*", "", ""), "*");
  EXPECT_EQ(*proxy_target("*", "", "/base"), "/base/");
  EXPECT_EQ(proxy_target("/shopping", "/shop", "").code(), Code::not_found);
  EXPECT_EQ(proxy_target("/s%68op/a", "/shop", "").code(), Code::not_found);
}

}  // namespace
}  // namespace holon::gateway
