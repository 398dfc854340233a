// Which endpoint a pool takes: those that are asked how busy they are, and those that are near.

#include "client/pool_world.h"

namespace holon::client {
namespace {

class PoolBalanceTest : public PoolTest {
 protected:
  void balance(Balance how) {
    Limits limits = quick();
    limits.balance = how;
    limit(limits);
    one_.start();
    two_.start();
  }
  /// Calls until both are connected, so that both are asked.
  void reach_both() {
    ASSERT_TRUE(eventually([&] {
      (void)ask();
      return one_.accepted > 0 && two_.accepted > 0;
    }));
  }
  void place(const std::string& node_of_two, const std::string& zone_of_two, const std::string& own_zone) {
    auto known = std::make_shared<Endpoints>();
    known->zone = own_zone;
    Endpoint near(one_.address), other(two_.address);
    near.node = "second";
    near.zone = "north";
    other.node = node_of_two;
    other.zone = zone_of_two;
    known->services[std::string(service)] = {near, other};
    pool_->update(std::move(known));
  }
};

TEST_F(PoolBalanceTest, ByPrequalEndpointsAreAskedBesideTheCalls) {
  balance(Balance::prequal);
  point_to({&one_, &two_});
  int calls = 0;
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(ask().ok());
    return one_.arrived + two_.arrived >= ++calls + 10;
  }));
}

TEST_F(PoolBalanceTest, ThePolicyThatIsSaidOfAServiceHoldsFromThenOn) {
  balance(Balance::two_choices);
  point_to({&one_, &two_});
  reach_both();
  const auto said = [](Balance how) {
    return std::make_shared<const SaidOfServices>(SaidOfServices{{std::string(service), {.calls = {}, .balance = how}}});
  };
  pool_->heed(said(Balance::prequal));
  int calls = 0;
  const int before = one_.arrived + two_.arrived;
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(ask().ok());
    return one_.arrived + two_.arrived - before >= ++calls + 10;
  })) << "both are asked beside the calls";
  pool_->heed(said(Balance::round_robin));
  const int one_before = one_.answered, two_before = two_.answered;
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(ask().ok());
  EXPECT_NEAR(one_.answered - one_before, two_.answered - two_before, 4);
}

TEST_F(PoolBalanceTest, WhoDoesNotKnowTheQuestionIsAskedOnce) {
  balance(Balance::prequal);
  point_to({&one_, &two_});
  one_.status = two_.status = "12";
  reach_both();
  const int before = one_.arrived + two_.arrived;
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(ask().code(), Code::unimplemented);
    turn();
  }
  EXPECT_LE(one_.arrived + two_.arrived, before + 50 + 2);
}

TEST_F(PoolBalanceTest, AProbeThatIsUnderWayEndsWithItsPool) {
  balance(Balance::prequal);
  point_to({&one_, &two_});
  reach_both();
  one_.answers = two_.answers = false;
  internal::RootCall call(env::os().now() + std::chrono::milliseconds(50));
  EXPECT_EQ(ask(call).code(), Code::deadline_exceeded);
  point_to({&two_});
  pool_.reset();
  turn();
}

TEST_F(PoolBalanceTest, ByRoundRobinBothComeInTurn) {
  balance(Balance::round_robin);
  point_to({&one_, &two_});
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(ask().ok());
  EXPECT_EQ(one_.arrived, 20);
}

TEST_F(PoolBalanceTest, TheZoneComesBeforeTheRestAndTheNodeBeforeTheZone) {
  balance(Balance::two_choices);
  place("third", "south", "north");
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(ask().ok());
  EXPECT_EQ(two_.arrived, 0);
  place("", "north", "north");
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(ask().ok());
  EXPECT_EQ(two_.arrived, 20);
}

TEST_F(PoolBalanceTest, WithoutAZoneOfItsOwnAllNodesAreAlike) {
  balance(Balance::two_choices);
  place("third", "", "");
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(ask().ok());
    return one_.arrived > 3 && two_.arrived > 3;
  }));
}

TEST_F(PoolBalanceTest, AFarRouteSaysSo) {
  balance(Balance::two_choices);
  place("third", "south", "north");
  one_.stop();
  internal::RootCall call(env::os().now() + std::chrono::seconds(5));
  const Patience patience{call.deadline(), internal::CallAccess::scope(call)};
  ASSERT_TRUE(eventually([&] {
    const Result<Route> route = pool_->route(service, patience);
    return route.ok() && route->far;
  }));
}

TEST_F(PoolBalanceTest, WhoIsWantedBesideAnotherIsConnectedThoughNobodyWaitsForIt) {
  balance(Balance::two_choices);
  place("third", "south", "north");
  internal::RootCall call(env::os().now() + std::chrono::seconds(5));
  Patience patience{call.deadline(), internal::CallAccess::scope(call)};
  const Result<Route> first = pool_->route(service, patience);
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  patience.elsewhere_than = first->peer.get();
  EXPECT_FALSE(pool_->route_now(service, patience));
  EXPECT_TRUE(eventually([&] { return pool_->route_now(service, patience).has_value(); }));
  EXPECT_EQ(two_.accepted, 1);
}

}  // namespace
}  // namespace holon::client
