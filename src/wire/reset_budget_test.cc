#include "wire/reset_budget.h"

#include <gtest/gtest.h>

namespace holon::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr env::Time start = env::Time(seconds(1'000));
constexpr Rate few{10, 0};

int taken_early(ResetBudget& budget, int tries, bool has_deadline = true) {
  int taken = 0;
  while (taken < tries && budget.take_early(has_deadline, start)) ++taken;
  return taken;
}

TEST(ResetBudgetTest, ABurstIsFree) {
  ResetBudget budget(few, {1'000, 1'000});
  EXPECT_EQ(taken_early(budget, 100), 10);
}

TEST(ResetBudgetTest, PausesAllowSomeForEachMillisecondAndNotWithoutEnd) {
  ResetBudget budget(few, {1'000, 2'000});
  budget.paused(milliseconds(50));
  EXPECT_EQ(taken_early(budget, 1'000), 2 * 50 + 10);

  ResetBudget idle(few, {1'000, 2'000});
  for (int times = 0; times < 10; ++times) idle.paused(env::Duration::max());
  EXPECT_EQ(taken_early(idle, 10'000), 1'000 + 10);
}

TEST(ResetBudgetTest, PausesAllowNothingToWhatHasNoDeadline) {
  ResetBudget budget(few, {1'000, 2'000});
  budget.paused(milliseconds(50));
  EXPECT_EQ(taken_early(budget, 1'000, false), 10);
}

TEST(ResetBudgetTest, WhatEndedWellAllowsOneMoreEach) {
  ResetBudget budget(few, {1'000, 0});
  ASSERT_EQ(taken_early(budget, 10), 10);
  for (int stream = 0; stream < 1'000; ++stream) {
    budget.ended_well();
    ASSERT_TRUE(budget.take_early(true, start)) << stream;
  }
  EXPECT_FALSE(budget.take_early(true, start));
}

TEST(ResetBudgetTest, NothingExcusesMistakes) {
  ResetBudget budget(few, {1'000, 1'000});
  budget.paused(seconds(1));
  for (int stream = 0; stream < 100; ++stream) budget.ended_well();
  for (int mistake = 0; mistake < 10; ++mistake) ASSERT_TRUE(budget.take_fault(start));
  EXPECT_FALSE(budget.take_fault(start));
}

}  // namespace
}  // namespace holon::wire
