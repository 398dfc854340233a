#include "env/reactor.h"

namespace holon::env {
namespace {

TEST(Address, ReadsEachKindAndWritesItBack) {
  for (const char* text : {"unix:/run/cart.sock", "127.0.0.1:8080", "[::1]:80", "fd:3"}) {
    auto address = Address::parse(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  EXPECT_EQ(Address::parse("localhost:1")->to_string(), "127.0.0.1:1");
}

TEST(Address, RefusesWhatIsNoneAndSaysHowToMendIt) {
  for (const char* text : {"", "unix:", "nowhere", "host:80", "1.2.3.4", "1.2.3.4:", "1.2.3.4:x", "1.2.3.4:65536",
                           "1.2.3.4:-1", "fd:", "fd:x", "[::1:80"}) {
    auto address = Address::parse(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_EQ(address.code(), Code::invalid_argument);
    EXPECT_THAT(address.error().message(), testing::HasSubstr("write unix:/path"));
  }
  EXPECT_FALSE(Address::parse("unix:/" + std::string(107, 'x')).ok());
}

}  // namespace
}  // namespace holon::env
