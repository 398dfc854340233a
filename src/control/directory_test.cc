#include "control/directory.h"

namespace holon::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Directory, TellsWhereEachServiceAnswers) {
  Directory directory;
  EXPECT_TRUE(directory.add("shop.0", "unix:/s0", {"shop.Cart", "shop.Payment"}));
  EXPECT_TRUE(directory.add("cart.1", "unix:/c1", {"shop.Cart"}));
  EXPECT_THAT(directory.services().at("shop.Cart"), ElementsAre("unix:/c1", "unix:/s0"));
  EXPECT_THAT(directory.services().at("shop.Payment"), ElementsAre("unix:/s0"));
  EXPECT_TRUE(directory.remove("shop.0"));
  EXPECT_THAT(directory.services().at("shop.Cart"), ElementsAre("unix:/c1"));
  EXPECT_THAT(directory.services().at("shop.Payment"), IsEmpty());
}

TEST(Directory, TheVersionGrowsWithNewsOnly) {
  Directory directory;
  directory.start_from(7);
  directory.add("cart.0", "unix:/c", {"shop.Cart"});
  EXPECT_EQ(directory.version(), 8u);
  EXPECT_FALSE(directory.add("cart.0", "unix:/c", {"shop.Cart"}));
  EXPECT_FALSE(directory.remove("cart.1"));
  EXPECT_EQ(directory.version(), 8u);
  EXPECT_TRUE(directory.add("cart.0", "unix:/other", {"shop.Cart"}));
  EXPECT_GT(directory.version(), 8u);
  EXPECT_THAT(directory.services().at("shop.Cart"), ElementsAre("unix:/other"));
}

}  // namespace
}  // namespace holon::control
