#include "faults/rules.h"

#include <map>
#include <random>

namespace holon::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

env::Time at(env::Duration since_start) { return env::Time() + seconds(1000) + since_start; }

/// A call of shop.Cart to shop.Catalog/GetProduct, and rules that meet it at simulated times with seeded dice.
class RulesTest : public testing::Test {
 protected:
  Fate meet(env::Duration now = {}, env::Time deadline = env::Time::max()) {
    return rules_.fate({caller_, method_, metadata_, baggage_}, at(now), deadline, [&] { return dice_(); });
  }
  bool concerned(const Rule& rule) const { return rule.concerns({caller_, method_, metadata_, baggage_}); }

  std::string caller_ = "shop.Cart";
  std::string method_ = "shop.Catalog/GetProduct";
  Metadata metadata_;
  std::string baggage_;
  Rules rules_;
  std::mt19937_64 dice_{7};
};

TEST_F(RulesTest, AllThatARuleSaysOfACallHasToHold) {
  EXPECT_TRUE(concerned({}));
  EXPECT_TRUE(concerned({.from = "shop.Cart", .to = "shop.Catalog", .method = "GetProduct"}));
  EXPECT_FALSE(concerned({.from = "shop.Checkout", .to = "shop.Catalog"}));
  EXPECT_FALSE(concerned({.from = "shop.Cart", .to = "shop.Cat"}));
  EXPECT_FALSE(concerned({.to = "shop.Catalog", .method = "ListProducts"}));
  EXPECT_FALSE(concerned({.from = "gateway"}));
  caller_ = "";
  EXPECT_TRUE(concerned({.from = "gateway"}));
  EXPECT_FALSE(concerned({.from = "shop.Cart"}));
}

TEST_F(RulesTest, MetadataIsSentWithTheCallOrInheritedAsBaggage) {
  const Rule rule{.metadata = {{"x-try", "1"}, {"user", "ann"}}};
  metadata_.add("x-try", "2");
  metadata_.add("x-try", "1");
  EXPECT_FALSE(concerned(rule));
  baggage_ = "user=bob, user=ann;of=shop";
  EXPECT_TRUE(concerned(rule));
  baggage_ = "abuser=ann,user=anna,user";
  EXPECT_FALSE(concerned(rule));
}

TEST_F(RulesTest, DelaysAreSpreadEvenlyAboutTheirMean) {
  rules_ = Rules({{.id = 1, .delay = milliseconds(200), .jitter = milliseconds(50)}});
  env::Duration least = env::Duration::max(), most{}, sum{};
  constexpr int calls = 2000;
  for (int i = 0; i < calls; ++i) {
    const env::Duration delay = meet().start - at({});
    least = std::min(least, delay);
    most = std::max(most, delay);
    sum += delay;
  }
  EXPECT_GE(least, milliseconds(150));
  EXPECT_LE(least, milliseconds(152));
  EXPECT_GE(most, milliseconds(248));
  EXPECT_LE(most, milliseconds(250));
  EXPECT_NEAR(std::chrono::duration<double>(sum).count() / calls, 0.2, 0.003);
}

TEST_F(RulesTest, AShareOfTheCallsIsHitAndTheSameSeedHitsTheSameCalls) {
  const auto hits = [&](std::uint64_t seed) {
    rules_ = Rules({{.id = 1, .share = 0.3, .ending = Ending::reset}});
    dice_.seed(seed);
    std::vector<bool> hit;
    for (int i = 0; i < 10'000; ++i) hit.push_back(meet().hit());
    return hit;
  };
  const std::vector<bool> first = hits(1);
  EXPECT_NEAR(std::ranges::count(first, true), 3000, 150);
  EXPECT_EQ(first, hits(1));
  EXPECT_NE(first, hits(2));
}

TEST_F(RulesTest, DelaysAddUpAndTheFirstEndIsTheLast) {
  rules_ = Rules({{.id = 1, .delay = milliseconds(10)},
                  {.id = 2, .delay = milliseconds(5), .ending = Ending::abort, .code = Code::internal},
                  {.id = 3, .delay = milliseconds(100), .ending = Ending::black_hole}});
  const Fate fate = meet();
  EXPECT_EQ(fate.fault, 2u);
  EXPECT_EQ(fate.start, at(milliseconds(15)));
  EXPECT_EQ(fate.ending, Ending::abort);
  EXPECT_EQ(fate.code, Code::internal);
}

TEST_F(RulesTest, WhatIsThrottledGoesOnInTurn) {
  rules_ = Rules({{.id = 1, .per_second = 10}});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(meet().start, at(milliseconds(100 * i)));
  EXPECT_EQ(meet(seconds(10)).start, at(seconds(10))) << "turns that nobody took are not kept";
  EXPECT_EQ(meet(seconds(10)).start, at(milliseconds(10'100)));
}

TEST_F(RulesTest, WhoCannotHaveItsTurnInTimeTakesNone) {
  rules_ = Rules({{.id = 1, .per_second = 1, .until = at(seconds(3))}});
  EXPECT_EQ(meet().start, at({}));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(meet({}, at(milliseconds(500))).start, at(milliseconds(500)));
  EXPECT_EQ(meet().start, at(seconds(1)));
  EXPECT_EQ(meet().start, at(seconds(2)));
  EXPECT_EQ(meet().start, at(seconds(3))) << "nobody waits beyond the end of the fault";
  EXPECT_EQ(meet().start, at(seconds(3)));
}

TEST_F(RulesTest, ARuleEndsAtItsTime) {
  rules_ = Rules({{.id = 4, .ending = Ending::reset, .until = at(seconds(5))}});
  EXPECT_TRUE(meet(milliseconds(4999)).hit());
  EXPECT_TRUE(rules_.holds(4, at(milliseconds(4999))));
  EXPECT_FALSE(rules_.holds(5, at({})));
  EXPECT_FALSE(meet(seconds(5)).hit());
  EXPECT_FALSE(rules_.holds(4, at(seconds(5))));
  EXPECT_FALSE(rules_.any(at(seconds(5))));
}

}  // namespace
}  // namespace holon::faults
