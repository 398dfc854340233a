// The hot-cold rule over what endpoints say of themselves, and what is made of their silence.

#include "client/prequal.h"

#include "client/fake_candidate.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class PrequalTest : public ::testing::Test {
 protected:
  PrequalTest() { prequal_.know(three_.all); }

  /// Since it said something last, 10 calls of `each` ended; so many are under way.
  void tell(std::size_t who, std::uint64_t in_flight, milliseconds each) {
    Load& load = said_[who];
    load.in_flight = in_flight;
    for (int i = 0; i < 2; ++i) {
      load.ended += 10;
      load.ended_ns += 10 * static_cast<std::uint64_t>(std::chrono::nanoseconds(each).count());
      prequal_.told(three_[who], load, now_);
    }
  }
  std::size_t pick() { return three_.index(prequal_.pick(three_.all, {.random = dice_(), .now = now_})); }
  std::array<int, 3> picks(int count) {
    std::array<int, 3> picked{};
    for (int i = 0; i < count; ++i) ++picked[pick()];
    return picked;
  }

  FakeCandidates three_{3};
  std::array<Load, 3> said_{};
  Prequal prequal_;
  Dice dice_;
  env::Time now_{seconds(100)};
};

TEST_F(PrequalTest, AmongThoseThatAreNotBusyTheFastestIsTaken) {
  tell(0, 2, milliseconds(50));
  tell(1, 2, milliseconds(5));
  tell(2, 2, milliseconds(20));
  EXPECT_EQ(pick(), 1u);
}

TEST_F(PrequalTest, TheBusiestIsLeftAloneHoweverFastItIs) {
  for (int i = 0; i < 5; ++i) {
    tell(0, 3, milliseconds(50));
    tell(2, 3, milliseconds(20));
  }
  tell(1, 40, milliseconds(1));
  EXPECT_EQ(pick(), 2u);
}

TEST_F(PrequalTest, WhoHasNothingToDoBecauseItIsSlowIsNotTaken) {
  for (int i = 0; i < 5; ++i) {
    tell(0, 0, milliseconds(2));
    tell(1, 0, milliseconds(40));
    tell(2, 0, milliseconds(2));
  }
  EXPECT_EQ(picks(5)[1], 0) << "one or two calls elsewhere are no crowd";
}

TEST_F(PrequalTest, IfAllAreBusyTheOneWithTheFewestCallsIsTaken) {
  for (int i = 0; i < 30; ++i) tell(0, 1, milliseconds(5));
  tell(0, 30, milliseconds(1));
  tell(1, 10, milliseconds(50));
  tell(2, 20, milliseconds(1));
  EXPECT_EQ(pick(), 1u);
}

TEST_F(PrequalTest, WhatIsSentThereCountsUntilItSaysMore) {
  for (int i = 0; i < 5; ++i) {
    for (std::size_t who = 0; who < 3; ++who) tell(who, 2, milliseconds(who == 1 ? 1 : 10));
  }
  const std::array<int, 3> picked = picks(12);
  EXPECT_GT(picked[0] + picked[2], 6) << "they do not all run to the same";
}

TEST_F(PrequalTest, WhatIsUnderWayFromHereIsKnownThoughItDoesNotSaySo) {
  for (int i = 0; i < 5; ++i) {
    for (std::size_t who = 0; who < 3; ++who) tell(who, 2, milliseconds(who == 1 ? 1 : 10));
  }
  three_[1].calls = 9;
  EXPECT_EQ(picks(6)[1], 0);
}

TEST_F(PrequalTest, WithoutAnswersItIsThePowerOfTwoChoices) {
  three_[0].calls = 9;
  EXPECT_EQ(picks(100)[0], 0);
  tell(0, 0, milliseconds(1));
  EXPECT_EQ(picks(100)[0], 0) << "one that answers is nothing to compare";
}

TEST_F(PrequalTest, AnAnswerIsForgottenWithTimeAndUse) {
  three_[0].latency_ms = 100;
  tell(0, 0, milliseconds(1));
  tell(1, 5, milliseconds(9));
  EXPECT_EQ(pick(), 0u);
  now_ += milliseconds(1001);
  EXPECT_EQ(picks(50)[0], 0);
  tell(0, 0, milliseconds(1));
  tell(1, 5, milliseconds(9));
  picks(32);
  EXPECT_EQ(picks(50)[0], 0) << "it says nothing of what was sent there since";
}

TEST_F(PrequalTest, WhoWasSlowIsTriedAgainInTheEnd) {
  tell(0, 0, milliseconds(500));
  tell(1, 0, milliseconds(5));
  EXPECT_EQ(pick(), 1u);
  now_ += seconds(60);
  prequal_.told(three_[0], said_[0], now_);  // nothing ended meanwhile
  tell(1, 0, milliseconds(5));
  EXPECT_EQ(pick(), 0u);
}

TEST_F(PrequalTest, ARestartedHostBeginsAnew) {
  tell(0, 0, milliseconds(50));
  tell(1, 0, milliseconds(5));
  prequal_.told(three_[1], {.in_flight = 0, .ended = 1, .ended_ns = 900'000'000}, now_);  // its counters went back
  EXPECT_EQ(pick(), 1u);
}

}  // namespace
}  // namespace holon::client
