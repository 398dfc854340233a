#include "env/names.h"

#include "env/environment.h"

namespace holon::env {
namespace {

using testing::AnyOf;
using testing::Contains;

TEST(Names, FindsThisMachine) {
  const auto addresses = os().names().addresses("localhost");
  ASSERT_TRUE(addresses.ok()) << addresses.error().to_string();
  EXPECT_THAT(*addresses, Contains(AnyOf("127.0.0.1", "::1")));
}

TEST(Names, AnAddressIsItsOwn) {
  EXPECT_EQ(*os().names().addresses("192.0.2.7"), std::vector<std::string>{"192.0.2.7"});
}

TEST(Names, SayThatThereIsNoSuchHost) {
  const auto addresses = os().names().addresses("no-such-host.invalid");  // RFC 6761, 6.4: it never exists
  ASSERT_FALSE(addresses.ok());
  EXPECT_THAT(addresses.code(), AnyOf(Code::not_found, Code::unavailable));  // the latter without a network
}

}  // namespace
}  // namespace holon::env
