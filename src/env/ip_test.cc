#include "env/ip.h"

namespace holon::env {
namespace {

using namespace std::string_literals;

TEST(IpBytes, AreThoseOfTheAddress) {
  EXPECT_EQ(ip_bytes("192.0.2.7"), "\xC0\x00\x02\x07"s);
  EXPECT_EQ(ip_bytes("::ffff:192.0.2.7"), ip_bytes("192.0.2.7"));
  EXPECT_EQ(ip_bytes("2001:db8::1"), "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"s);
}

TEST(IpBytes, OfAnythingElseAreNone) {
  for (const char* text : {"", "unix", "localhost", "192.0.2", "192.0.2.256", "[::1]", "192.0.2.7:80", "fe80::1%eth0"}) {
    EXPECT_EQ(ip_bytes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace holon::env
