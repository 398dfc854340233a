#include "client/breaker.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = Breaker::State;

class BreakerTest : public ::testing::Test {
 protected:
  void end(Outcome outcome, int times = 1) {
    for (int i = 0; i < times; ++i) {
      breaker_.began(now_);
      breaker_.ended(outcome, now_);
    }
  }
  void pass(env::Duration time) { now_ += time; }
  State state() const { return breaker_.state(now_); }
  bool allows() const { return breaker_.allows(now_); }

  env::Time now_ = env::Time() + seconds(1000);
  Breaker breaker_;
};

TEST_F(BreakerTest, OpensWhenTheEndpointIsAbsentSeveralTimesInARow) {
  end(Outcome::absent, 4);
  EXPECT_TRUE(allows());
  end(Outcome::good);
  end(Outcome::absent, 4);
  EXPECT_TRUE(allows()) << "they were not in a row";
  end(Outcome::absent);
  EXPECT_FALSE(allows());
  EXPECT_EQ(state(), State::open);
  EXPECT_EQ(breaker_.trips(), 1u);
}

TEST_F(BreakerTest, ItsRulesMayBeOthers) {
  breaker_ = Breaker({.absences_in_a_row = 2, .failure_percent = 20, .calls_min = 5, .open_first = seconds(2)});
  end(Outcome::absent, 2);
  EXPECT_FALSE(allows());
  pass(milliseconds(1999));
  EXPECT_FALSE(allows());
  pass(milliseconds(1));
  end(Outcome::good, 5);
  EXPECT_EQ(state(), State::closed);
  end(Outcome::failed);
  EXPECT_EQ(state(), State::closed) << "one of six";
  end(Outcome::failed);
  EXPECT_EQ(state(), State::open) << "two of seven";
}

TEST_F(BreakerTest, OpensWhenMostOfManyCallsFail) {
  for (int i = 0; i < 9; ++i) {
    end(Outcome::failed);
    end(Outcome::good);
  }
  EXPECT_TRUE(allows()) << "18 calls are not many";
  end(Outcome::failed, 2);
  EXPECT_FALSE(allows());
}

TEST_F(BreakerTest, FewFailuresAmongManyCallsDoNotOpenIt) {
  for (int i = 0; i < 200; ++i) {
    pass(milliseconds(50));
    end(i % 3 == 0 ? Outcome::failed : Outcome::good);
    ASSERT_TRUE(allows());
  }
}

TEST_F(BreakerTest, OldCallsAreForgotten) {
  end(Outcome::failed, 19);
  pass(seconds(10));
  end(Outcome::failed, 2);
  EXPECT_TRUE(allows());
}

TEST_F(BreakerTest, AfterAWhileOneCallTries) {
  end(Outcome::absent, 5);
  pass(milliseconds(499));
  EXPECT_FALSE(allows());
  pass(milliseconds(1));
  EXPECT_EQ(state(), State::half_open);
  EXPECT_TRUE(allows());
  breaker_.began(now_);
  EXPECT_FALSE(allows()) << "one is enough";
  breaker_.ended(Outcome::good, now_);
  EXPECT_EQ(state(), State::closed);
  EXPECT_TRUE(allows());
}

TEST_F(BreakerTest, EachTryInVainDoublesTheTimeUpToABound) {
  end(Outcome::absent, 5);
  env::Duration expected = milliseconds(500);
  for (int i = 0; i < 10; ++i) {
    pass(expected - milliseconds(1));
    EXPECT_FALSE(allows()) << i;
    pass(milliseconds(1));
    EXPECT_TRUE(allows()) << i;
    end(Outcome::absent);
    expected = std::min<env::Duration>(expected * 2, seconds(10));
  }
}

TEST_F(BreakerTest, ATryThatNothingIsHeardOfDoesNotKeepItOpen) {
  end(Outcome::absent, 5);
  pass(milliseconds(500));
  breaker_.began(now_);
  pass(seconds(1));
  EXPECT_TRUE(allows());
  breaker_.began(now_);
  breaker_.ended(Outcome::unknown, now_);  // its caller left
  EXPECT_TRUE(allows());
}

TEST_F(BreakerTest, WhatBeganBeforeItOpenedClosesItOnlyOnceItIsHalfOpen) {
  end(Outcome::absent, 5);
  breaker_.ended(Outcome::good, now_);
  EXPECT_EQ(state(), State::open);
}

}  // namespace
}  // namespace holon::client
