// Whom a call may go to: the near ones first, those that are fit, elsewhere than before.

#include "client/target.h"

#include <set>

#include "client/fake_candidate.h"

namespace holon::client {
namespace {

class TargetTest : public ::testing::Test {
 protected:
  /// `here` of the six are on the caller's node, so many more in its zone, the others elsewhere.
  void place(int here, int in_zone, Balance how = Balance::two_choices, bool near_first = true) {
    target_ = std::make_unique<Target>(make_balancer(how), near_first);
    std::vector<Target::Placed> placed;
    for (int i = 0; i < 6; ++i) {
      placed.push_back({six_.all[i], i < here ? Nearness::node : i < here + in_zone ? Nearness::zone : Nearness::elsewhere});
    }
    target_->know(placed);
  }
  /// How many of 10,000 calls each of them gets.
  std::array<int, 6> calls(Pick like = {}) {
    std::array<int, 6> picked{};
    far_ = 0;
    for (int i = 0; i < 10'000; ++i) {
      like.random = dice_();
      const Target::Choice choice = target_->choose(like);
      ++picked[six_.index(choice.candidate)];
      far_ += choice.far ? 1 : 0;
    }
    return picked;
  }

  FakeCandidates six_{6};
  std::unique_ptr<Target> target_;
  Dice dice_;
  int far_ = 0;
};

TEST_F(TargetTest, TheSameNodeTakesAllWhileItIsWell) {
  place(2, 2);
  const auto picked = calls();
  EXPECT_NEAR(picked[0], 5000, 300);
  EXPECT_EQ(picked[0] + picked[1], 10'000);
  EXPECT_EQ(far_, 0);
}

TEST_F(TargetTest, ThenTheSameZoneThenAll) {
  place(2, 2);
  six_[0].is_reachable = six_[1].is_allowed = false;
  auto picked = calls();
  EXPECT_EQ(picked[2] + picked[3], 10'000);
  EXPECT_EQ(far_, 10'000);
  six_[2].is_reachable = six_[3].is_reachable = false;
  picked = calls();
  EXPECT_EQ(picked[4] + picked[5], 10'000);
}

TEST_F(TargetTest, TheNearTakeAllWhileFiveSeventhsOfThemAreWell) {
  place(4, 0);
  six_[0].is_reachable = false;
  const auto picked = calls();
  EXPECT_EQ(picked[4] + picked[5], 0) << "three of four are 0.75, and 1.4 times that is more than all";
}

TEST_F(TargetTest, BelowThatTheRestGoesFurtherInProportion) {
  place(2, 0);
  six_[0].is_allowed = false;
  const auto picked = calls();
  EXPECT_EQ(picked[0], 0);
  EXPECT_NEAR(picked[1], 7000, 200);
  EXPECT_EQ(far_, 10'000 - picked[1]);
}

TEST_F(TargetTest, WhoTurnsCallsAwayTakesAsManyAsItCan) {
  place(1, 0);
  six_[0].goes_well = 0.6;
  EXPECT_NEAR(calls()[0], 8400, 200);
  six_[0].goes_well = 0.8;
  EXPECT_EQ(calls()[0], 10'000);
}

TEST_F(TargetTest, IfNobodyIsWellAllAreTried) {
  place(1, 2);
  for (FakeCandidate& each : six_.made) each.is_reachable = false;
  for (const int count : calls()) EXPECT_GT(count, 1000);
}

TEST_F(TargetTest, WhoFailedBeforeIsNotAskedAgainThoughItIsNear) {
  place(1, 1);
  const auto picked = calls({.elsewhere_than = &six_[0]});
  EXPECT_EQ(picked[0], 0);
  EXPECT_EQ(picked[1], 10'000);
}

TEST_F(TargetTest, NearnessMayBeWithoutMeaning) {
  place(2, 2, Balance::two_choices, false);
  for (const int count : calls()) EXPECT_NEAR(count, 1667, 300);
  EXPECT_EQ(far_, 0);
}

TEST_F(TargetTest, WhatBelongsTogetherStaysTogetherHoweverFar) {
  place(2, 2);
  std::set<std::size_t> seen;
  for (std::uint64_t key = 0; key < 100; ++key) {
    const Pick pick{.key = stable_hash("", key)};
    const Candidate& first = target_->choose(pick).candidate;
    EXPECT_EQ(&target_->choose(pick).candidate, &first);
    seen.insert(six_.index(first));
  }
  EXPECT_EQ(seen.size(), 6u);
}

TEST_F(TargetTest, OpenBreakersAreObeyedWhileHalfAreLeft) {
  for (const Balance how : {Balance::two_choices, Balance::round_robin, Balance::prequal}) {
    place(6, 0, how);
    for (FakeCandidate& each : six_.made) each.is_allowed = true;
    for (int i = 0; i < 3; ++i) six_[i].is_allowed = false;
    auto picked = calls();
    EXPECT_EQ(picked[0] + picked[1] + picked[2], 0);
    six_[3].is_allowed = false;
    picked = calls();
    EXPECT_GT(picked[0], 1000) << "two would break under the load of six";
  }
}

TEST_F(TargetTest, RoundRobinTakesTurnsAmongTheNear) {
  place(3, 0, Balance::round_robin);
  const auto picked = calls();
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(picked[i], 3333, 1);
}

}  // namespace
}  // namespace holon::client
