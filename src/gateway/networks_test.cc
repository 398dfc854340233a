#include "gateway/networks.h"

namespace holon::gateway {
namespace {

Networks networks(std::initializer_list<const char*> list) {
  Networks all;
  for (const char* network : list) {
    const Result<void> added = all.add(network);
    EXPECT_TRUE(added.ok()) << network;
  }
  return all;
}

TEST(Networks, ContainAddresses) {
  const Networks all = networks({"10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1", "172.16.0.0/12"});
  for (const char* inside : {"10.0.0.0", "10.255.255.255", "192.0.2.7", "::ffff:10.1.2.3", "2001:db8::1", "2001:db8:ffff::", "::1",
                             "172.31.255.255"}) {
    EXPECT_TRUE(all.contains(inside)) << inside;
  }
  for (const char* outside : {"11.0.0.0", "9.255.255.255", "192.0.2.8", "::ffff:11.1.2.3", "2001:db9::1", "::2", "172.32.0.0", "",
                              "unix", "10.0.0.0/8", "10.0.0.1:80", "10.0.0", "x"}) {
    EXPECT_FALSE(all.contains(outside)) << outside;
  }
}

TEST(Networks, OfEverybodyAndOfTheMachine) {
  EXPECT_TRUE(networks({"0.0.0.0/0"}).contains("203.0.113.9"));
  EXPECT_FALSE(networks({"0.0.0.0/0"}).contains("2001:db8::1"));
  EXPECT_TRUE(networks({"::/0"}).contains("2001:db8::1"));
  EXPECT_TRUE(networks({"unix"}).contains("unix"));
  EXPECT_FALSE(networks({}).contains("127.0.0.1"));
  EXPECT_TRUE(networks({}).empty());
}

TEST(Networks, RefuseWhatIsNone) {
  Networks all;
  for (const char* wrong : {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/8/8", "2001:db8::/129", "10.0/8",
                            "[::1]", "10.0.0.1:80", "shop.example"}) {
    EXPECT_EQ(all.add(wrong).code(), Code::invalid_argument) << wrong;
  }
  const Result<void> host_bits = all.add("10.0.0.1/8");
  ASSERT_FALSE(host_bits.ok());
  EXPECT_NE(host_bits.error().message().find("has bits behind its prefix"), std::string::npos);
  EXPECT_TRUE(all.empty());
}

TEST(Networks, AddressesOfPeers) {
  EXPECT_EQ(address_of("192.0.2.7:4711"), "192.0.2.7");
  EXPECT_EQ(address_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(address_of("[2001:db8::1]:4711"), "2001:db8::1");
  EXPECT_EQ(address_of("[2001:db8::1]"), "2001:db8::1");
  EXPECT_EQ(address_of("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(address_of("unix:pid=17,uid=0"), "unix");
  for (const char* none : {"", "unknown", "_hidden", "[", "[]", "shop.example:80", "1.2.3:4"}) EXPECT_EQ(address_of(none), "") << none;
}

}  // namespace
}  // namespace holon::gateway
