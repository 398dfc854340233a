#include "client/attempts.h"

#include <gtest/gtest.h>

#include "telemetry/metrics.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class AttemptsTest : public ::testing::Test {
 protected:
  std::optional<env::Duration> next(Attempts& attempts, const Failure& failure, bool idempotent = true,
                                    env::Duration left = seconds(10)) {
    return attempts.before_next(failure, idempotent, {now_, now_ + left, 512});
  }
  std::uint64_t counted(telemetry::Repeat what) const {
    return telemetry::metrics().snapshot(edge_, edge_ + 1).at(0).repeats[static_cast<std::size_t>(what)];
  }

  const env::Time now_{seconds(1000)};
  const Terms terms_{
      .attempts_max = 4, .hedges_max = 0, .hedge_after = {}, .retry_wait_first = milliseconds(20), .retry_wait_most = seconds(1)};
  RetryBudget budget_{{.percent = 0, .per_second = 2}};
  std::uint32_t edge_ = telemetry::metrics().add_edge({telemetry::Way::remote, "a", "b/*"});
  const Failure gone_{.code = Code::unavailable};
};

TEST_F(AttemptsTest, AreBoundedInNumber) {
  budget_ = RetryBudget{{.percent = 0, .per_second = 100}};
  Attempts attempts(terms_, budget_, edge_);
  for (std::size_t i = 1; i < terms_.attempts_max; ++i) {
    attempts.began();
    EXPECT_EQ(next(attempts, gone_), terms_.retry_wait_first * (1 << (i - 1)) / 2) << "half of the bound, as the dice fell";
  }
  attempts.began();
  EXPECT_FALSE(attempts.left());
  EXPECT_EQ(next(attempts, gone_), std::nullopt);
  EXPECT_EQ(counted(telemetry::Repeat::retry), terms_.attempts_max - 1);
}

TEST_F(AttemptsTest, ArePaidFromTheBudgetAndCounted) {
  for (int i = 0; i < 3; ++i) {
    Attempts attempts(terms_, budget_, edge_);
    attempts.began();
    EXPECT_EQ(next(attempts, gone_).has_value(), i < 2);
  }
  EXPECT_EQ(counted(telemetry::Repeat::retry), 2u);
  EXPECT_EQ(counted(telemetry::Repeat::unpaid), 1u);
}

TEST_F(AttemptsTest, WhatIsPaidAheadIsPaidOnce) {
  Attempts one(terms_, budget_, edge_), two(terms_, budget_, edge_), three(terms_, budget_, edge_);
  for (Attempts* each : {&one, &two, &three}) each->began();
  EXPECT_TRUE(one.pay_ahead(now_) && one.pay_ahead(now_)) << "the same attempt";
  EXPECT_TRUE(two.pay_ahead(now_));
  EXPECT_FALSE(three.pay_ahead(now_)) << "who can't pay does not give up what it has";
  EXPECT_TRUE(next(one, gone_).has_value());
  one.began();
  EXPECT_FALSE(next(one, gone_).has_value());
}

TEST_F(AttemptsTest, WhatReachedNobodyCostsNothing) {
  RetryBudget nothing{{.percent = 0, .per_second = 0}};
  Attempts attempts(terms_, nothing, edge_);
  attempts.began();
  EXPECT_EQ(next(attempts, {.code = Code::unavailable, .unseen = true}, false), env::Duration());
  EXPECT_EQ(counted(telemetry::Repeat::retry), 0u);
}

TEST_F(AttemptsTest, NoneFollowsThatWouldComeTooLate) {
  Attempts attempts(terms_, budget_, edge_);
  attempts.began();
  EXPECT_EQ(next(attempts, gone_, true, milliseconds(1)), std::nullopt);
  EXPECT_EQ(next(attempts, {.code = Code::unavailable, .push_back = seconds(11)}), std::nullopt);
  EXPECT_EQ(next(attempts, {.code = Code::unavailable, .push_back = seconds(9)}), seconds(9));
  EXPECT_EQ(counted(telemetry::Repeat::unpaid), 0u);
}

TEST_F(AttemptsTest, WhatMustNotBeDoneTwiceIsNot) {
  Attempts attempts(terms_, budget_, edge_);
  attempts.began();
  EXPECT_EQ(next(attempts, gone_, false), std::nullopt);
}

}  // namespace
}  // namespace holon::client
