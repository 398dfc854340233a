#include "gateway/visitor.h"

#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

constexpr const char* us = "10.0.0.1:5000";  // a trusted proxy

Result<Visitor> seen(const std::string& peer, HeaderList headers) {
  server::HttpRequest request = testing::request("GET", "/", std::move(headers));
  request.peer = peer;
  Networks trusted;
  EXPECT_TRUE(trusted.add("10.0.0.0/8").ok());
  std::uint64_t random[] = {1, 2};
  return identify(request, trusted, random);
}

std::string address(const std::string& peer, HeaderList headers) {
  const Result<Visitor> visitor = seen(peer, std::move(headers));
  return visitor.ok() ? visitor->address : "refused";
}

TEST(Visitor, IsWhoIsConnectedIfNobodyIsTrusted) {
  const Result<Visitor> visitor = seen("203.0.113.9:1", {{"x-forwarded-for", "1.1.1.1"},
                                                         {"x-forwarded-proto", "https"},
                                                         {"x-forwarded-host", "evil.example"},
                                                         {"forwarded", "for=2.2.2.2"}});
  ASSERT_TRUE(visitor.ok());
  EXPECT_EQ(visitor->address, "203.0.113.9");
  EXPECT_EQ(visitor->scheme, "http");
  EXPECT_EQ(visitor->host, "shop.example");
}

TEST(Visitor, TrustedProxiesLeadBackToTheFirstWhoIsNot) {
  EXPECT_EQ(address(us, {{"x-forwarded-for", "203.0.113.9"}}), "203.0.113.9");
  EXPECT_EQ(address(us, {{"x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.0.0.2"}}), "203.0.113.9");
  EXPECT_EQ(address(us, {{"x-forwarded-for", "1.1.1.1"}, {"x-forwarded-for", "203.0.113.9"}}), "203.0.113.9");
  EXPECT_EQ(address(us, {{"x-forwarded-for", "10.0.0.3, 10.0.0.2"}}), "10.0.0.3");
  EXPECT_EQ(address(us, {{"x-forwarded-for", "[2001:db8::1]:80"}}), "2001:db8::1");
  EXPECT_EQ(address(us, {{"x-forwarded-for", "1.1.1.1, garbage"}}), "10.0.0.1");
  EXPECT_EQ(address(us, {}), "10.0.0.1");
}

TEST(Visitor, ForwardedOfRfc7239) {
  const Result<Visitor> visitor =
      seen(us, {{"forwarded", "for=1.1.1.1, For=\"[2001:db8:cafe::17]:4711\";Proto=HTTPS;host=\"shop.example:444\", for=10.9.9.9"}});
  ASSERT_TRUE(visitor.ok());
  EXPECT_EQ(visitor->address, "2001:db8:cafe::17");
  EXPECT_EQ(visitor->scheme, "https");
  EXPECT_EQ(visitor->host, "shop.example:444");
  EXPECT_EQ(address(us, {{"forwarded", "for=_hidden"}}), "10.0.0.1");
  EXPECT_EQ(address(us, {{"forwarded", "for=unknown, for=203.0.113.9"}}), "203.0.113.9");
  EXPECT_EQ(address(us, {{"forwarded", "nonsense"}}), "refused");
}

TEST(Visitor, SchemeAndHostOfATrustedProxy) {
  const Result<Visitor> visitor = seen(us, {{"x-forwarded-proto", "https"}, {"x-forwarded-host", "shop.example:8443"}});
  ASSERT_TRUE(visitor.ok());
  EXPECT_EQ(visitor->scheme, "https");
  EXPECT_EQ(visitor->host, "shop.example:8443");
  EXPECT_EQ(address(us, {{"x-forwarded-proto", "gopher"}}), "refused");
  EXPECT_EQ(address(us, {{"x-forwarded-host", "a b"}}), "refused");
  EXPECT_EQ(address(us, {{"x-forwarded-host", "a/b"}}), "refused");
}

TEST(Visitor, TwoWordsThatContradictAreNotBelieved) {
  EXPECT_EQ(address(us, {{"forwarded", "for=1.1.1.1"}, {"x-forwarded-for", "203.0.113.9"}}), "refused");
  EXPECT_EQ(address(us, {{"forwarded", "for=203.0.113.9"}, {"x-forwarded-for", "203.0.113.9"}}), "203.0.113.9");
}

TEST(Visitor, KeepsARequestIdThatIsOne) {
  EXPECT_EQ(seen(us, {{"x-request-id", "a-7"}})->request_id, "a-7");
  const std::string made = "00000000000000010000000000000002";
  EXPECT_EQ(seen(us, {})->request_id, made);
  EXPECT_EQ(seen(us, {{"x-request-id", "two words"}})->request_id, made);
  EXPECT_EQ(seen(us, {{"x-request-id", "\"quoted\""}})->request_id, made);
  EXPECT_EQ(seen(us, {{"x-request-id", std::string(129, 'a')}})->request_id, made);
  EXPECT_EQ(seen(us, {{"x-request-id", std::string(128, 'a')}})->request_id, std::string(128, 'a'));
}

}  // namespace
}  // namespace holon::gateway
