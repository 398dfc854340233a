// The policies that need no more than to be asked: two choices, and in turn.

#include "client/balancer.h"

#include <algorithm>

#include "client/fake_candidate.h"

namespace holon::client {
namespace {

TEST(TwoChoices, TakesTheOneWithLessToDo) {
  FakeCandidates two(2);
  two[0].calls = 3;
  TwoChoices balancer;
  Dice dice;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(&balancer.pick(two.all, {.random = dice()}), &two[1]);
}

TEST(TwoChoices, WeighsCallsByWhatTheyTake) {
  FakeCandidates two(2);
  two[0].latency_ms = 10;
  two[1].calls = 8;
  TwoChoices balancer;
  EXPECT_EQ(&balancer.pick(two.all, {}), &two[1]) << "nine calls of 1 ms are less than one of 10 ms";
  two[1].calls = 10;
  EXPECT_EQ(&balancer.pick(two.all, {}), &two[0]);
}

TEST(TwoChoices, TakesLatenciesThatAreAboutTheSameForTheSame) {
  FakeCandidates two(2);
  two[0].latency_ms = 1.9;
  two[1].calls = 1;
  TwoChoices balancer;
  EXPECT_EQ(&balancer.pick(two.all, {}), &two[0]);
}

TEST(TwoChoices, ReachesEverybody) {
  FakeCandidates many(10);
  TwoChoices balancer;
  Dice dice;
  std::array<int, 10> picked{};
  for (int i = 0; i < 10'000; ++i) ++picked[many.index(balancer.pick(many.all, {.random = dice()}))];
  for (const int count : picked) EXPECT_NEAR(count, 1000, 200);
}

TEST(RoundRobin, TakesEachInTurn) {
  FakeCandidates three(3);
  RoundRobin balancer;
  balancer.know(three.all);
  Dice dice;
  std::vector<std::size_t> order;
  for (int i = 0; i < 9; ++i) order.push_back(three.index(balancer.pick(three.all, {.random = dice()})));
  for (int i = 3; i < 9; ++i) EXPECT_EQ(order[i], order[i - 3]);
  EXPECT_THAT(std::vector(order.begin(), order.begin() + 3), ::testing::UnorderedElementsAre(0, 1, 2));
}

TEST(RoundRobin, IsEvenAmongThoseThatAreFitWhoeverIsNot) {
  FakeCandidates three(3);
  RoundRobin balancer;
  balancer.know(three.all);
  Dice dice;
  std::array<int, 3> picked{};
  const std::vector<Candidate*> fit = {three.all[0], three.all[2]};
  for (int i = 0; i < 100; ++i) ++picked[three.index(balancer.pick(fit, {.random = dice()}))];
  EXPECT_EQ(picked, (std::array{50, 0, 50}));
  for (int i = 0; i < 100; ++i) ++picked[three.index(balancer.pick(three.all, {.random = dice()}))];
  EXPECT_NEAR(picked[1], 34, 1) << "who was away does not make up for it";
}

TEST(RoundRobin, CallersThatMakeOneCallEachDoNotAllAskTheSame) {
  FakeCandidates three(3);
  Dice dice;
  std::array<int, 3> picked{};
  for (int i = 0; i < 300; ++i) {
    RoundRobin balancer;
    ++picked[three.index(balancer.pick(three.all, {.random = dice()}))];
  }
  for (const int count : picked) EXPECT_NEAR(count, 100, 40);
}

TEST(StableHash, IsTheSameInAllProcessesAndReleases) {
  EXPECT_EQ(stable_hash("ada"), 0x7d3c4ad372fc321dU) << "another would move all keys while callers of two releases run side by side";
  EXPECT_NE(stable_hash("ada", 1), stable_hash("ada", 2));
}

}  // namespace
}  // namespace holon::client
