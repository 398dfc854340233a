#include "node/start_order.h"

namespace holon::node {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(StartOrder, AHostWaitsForThoseItCalls) {
  const StartOrder order({{"frontend", {"cart", "ads"}}, {"cart", {"payment"}}, {"payment", {}}, {"ads", {}}});
  EXPECT_THAT(order.before("frontend"), UnorderedElementsAre("cart", "ads"));
  EXPECT_THAT(order.before("cart"), UnorderedElementsAre("payment"));
  EXPECT_THAT(order.before("payment"), IsEmpty());
  EXPECT_THAT(order.before("unknown"), IsEmpty());
}

TEST(StartOrder, NobodyWaitsInARing) {
  const StartOrder order({{"a", {"b"}}, {"b", {"c"}}, {"c", {"a", "d"}}, {"d", {"d"}}});
  EXPECT_THAT(order.before("a"), IsEmpty());
  EXPECT_THAT(order.before("b"), IsEmpty());
  EXPECT_THAT(order.before("c"), UnorderedElementsAre("d"));
  EXPECT_THAT(order.before("d"), IsEmpty());
}

}  // namespace
}  // namespace holon::node
