#include "node/ports.h"

namespace holon::node {
namespace {

TEST(Ports, AreFreeDifferentAndOutOfTheWayOfOutgoingConnections) {
  std::unique_ptr<env::Reactor> reactor = env::os().make_reactor();
  Ports ports;
  std::set<int> seen;
  for (int i = 0; i < 50; ++i) {
    Result<env::Address> address = ports.next(env::os(), *reactor);
    ASSERT_TRUE(address.ok()) << address.error().to_string();
    EXPECT_GE(address->port, 20'000);
    EXPECT_LT(address->port, 32'768);
    EXPECT_TRUE(seen.insert(address->port).second);
    EXPECT_TRUE(reactor->listen(*address).ok());
  }
}

}  // namespace
}  // namespace holon::node
