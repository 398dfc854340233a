#include "client/http_url.h"

namespace holon::client {
namespace {

using testing::HasSubstr;

TEST(HttpUrl, IsReadAsItIsWritten) {
  struct Case {
    std::string text, origin, authority, target;
  };
  for (const Case& one : std::vector<Case>{
           {"http://shop.example", "http://shop.example", "shop.example", "/"},
           {"HTTP://Shop.Example:80/a?b=c", "http://shop.example", "shop.example", "/a?b=c"},
           {"https://shop.example:443/", "https://shop.example", "shop.example", "/"},
           {"https://shop.example:8443?x", "https://shop.example:8443", "shop.example:8443", "/?x"},
           {"http://127.0.0.1:9000/a%20b", "http://127.0.0.1:9000", "127.0.0.1:9000", "/a%20b"},
           {"http://[::1]:9000/", "http://[::1]:9000", "[::1]:9000", "/"},
           {"http://[2001:DB8::1]", "http://[2001:db8::1]", "[2001:db8::1]", "/"},
           {"http+unix:/run/x.sock", "http+unix:/run/x.sock", "localhost", "/"},
           {"http+unix:/run/x.sock:/base?q", "http+unix:/run/x.sock", "localhost", "/base?q"},
       }) {
    const auto url = HttpUrl::parse(one.text);
    ASSERT_TRUE(url.ok()) << url.error().to_string();
    EXPECT_EQ(url->origin.to_string(), one.origin);
    EXPECT_EQ(url->origin.authority(), one.authority);
    EXPECT_EQ(url->target, one.target);
  }
}

TEST(HttpUrl, WhatIsNoneIsRefusedWithTheRemedy) {
  for (const char* text : {"", "shop.example", "ftp://shop.example", "http:/shop.example", "http://", "http://:80",
                           "http://user:word@shop.example", "http://shop.example:0", "http://shop.example:65536",
                           "http://shop.example:80x", "http://shop example", "http://[::1", "http://[::g]", "http://[127.0.0.1]",
                           "http://::1", "http://shop.example/a b", "http://shop.example/#top", "http://shop.example/\xc3\xbc",
                           "http://-a", "http+unix:run/x.sock", "http+unix:", "http+unix:/run/x.sock:base"}) {
    const auto url = HttpUrl::parse(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(url.code(), Code::invalid_argument);
    EXPECT_THAT(url.error().message(), HasSubstr("write http://HOST:PORT/PATH")) << text;
  }
}

}  // namespace
}  // namespace holon::client
