#include "control/directory.h"

namespace holon::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

auto at(const std::string& address) { return testing::Field(&Endpoint::address, address); }

TEST(Directory, TellsWhereEachServiceAnswers) {
  Directory directory;
  EXPECT_TRUE(directory.add({.address = "unix:/s0", .host = "shop.0"}, {"shop.Cart", "shop.Payment"}));
  EXPECT_TRUE(directory.add({.address = "unix:/c1", .host = "cart.1"}, {"shop.Cart"}));
  EXPECT_THAT(directory.services().at("shop.Cart"), ElementsAre(at("unix:/c1"), at("unix:/s0")));
  EXPECT_THAT(directory.services().at("shop.Payment"), ElementsAre(at("unix:/s0")));
  EXPECT_TRUE(directory.remove("shop.0"));
  EXPECT_THAT(directory.services().at("shop.Cart"), ElementsAre(at("unix:/c1")));
  EXPECT_THAT(directory.services().at("shop.Payment"), IsEmpty());
}

TEST(Directory, TheVersionGrowsWithNewsOnly) {
  Directory directory;
  directory.start_from(7);
  directory.add({.address = "unix:/c", .host = "cart.0"}, {"shop.Cart"});
  EXPECT_EQ(directory.version(), 8u);
  EXPECT_FALSE(directory.add({.address = "unix:/c", .host = "cart.0"}, {"shop.Cart"}));
  EXPECT_FALSE(directory.remove("cart.1"));
  EXPECT_EQ(directory.version(), 8u);
  EXPECT_TRUE(directory.add({.address = "unix:/other", .host = "cart.0"}, {"shop.Cart"}));
  EXPECT_GT(directory.version(), 8u);
  EXPECT_THAT(directory.services().at("shop.Cart"), ElementsAre(at("unix:/other")));
}

TEST(Directory, AReplicaOnAnotherNodeIsAnother) {
  Directory directory;
  EXPECT_TRUE(directory.add({.address = "unix:/c", .host = "cart.0"}, {"shop.Cart"}));
  EXPECT_TRUE(directory.add({.address = "tls:10.0.0.2:1", .host = "cart.0", .node = "b"}, {"shop.Cart"}));
  EXPECT_TRUE(directory.remove("cart.0"));
  EXPECT_THAT(directory.services().at("shop.Cart"), ElementsAre(at("tls:10.0.0.2:1")));
  EXPECT_TRUE(directory.remove("cart.0", "b"));
  EXPECT_THAT(directory.services().at("shop.Cart"), IsEmpty());
}

}  // namespace
}  // namespace holon::control
