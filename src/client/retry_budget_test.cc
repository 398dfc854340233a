#include "client/retry_budget.h"

#include <random>

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

env::Time at(env::Duration since_start) { return env::Time() + seconds(1000) + since_start; }

int spend_all(RetryBudget& budget, env::Time now) {
  int spent = 0;
  while (budget.spend(now)) ++spent;
  return spent;
}

TEST(RetryBudget, WhoSaysLittleMayStillRepeatAFewASecond) {
  RetryBudget budget({.percent = 20, .per_second = 10});
  EXPECT_EQ(spend_all(budget, at({})), 10);
  EXPECT_EQ(spend_all(budget, at(milliseconds(500))), 5);
  EXPECT_EQ(spend_all(budget, at(seconds(100))), 10) << "what was not spent is not kept for longer than a second";
}

TEST(RetryBudget, AShareOfTheCallsComesBeside) {
  RetryBudget budget({.percent = 20, .per_second = 0});
  EXPECT_EQ(spend_all(budget, at({})), 0);
  for (int i = 0; i < 100; ++i) budget.called();
  EXPECT_NEAR(spend_all(budget, at({})), 20, 1);
}

// Whatever comes in whatever order: no more is spent than the rates allow.
TEST(RetryBudget, NeverGivesMoreThanItsRates) {
  std::mt19937 dice(1);
  RetryBudget budget({.percent = 20, .per_second = 10});
  int calls = 0, spent = 0;
  env::Duration now{};
  for (int i = 0; i < 100'000; ++i) {
    now += milliseconds(dice() % 3);
    budget.called();
    ++calls;
    for (unsigned tries = dice() % 3; tries > 0; --tries) spent += budget.spend(at(now)) ? 1 : 0;
    ASSERT_LE(spent, 0.2 * calls + 10 * std::chrono::duration<double>(now).count() + 10 + 1);
  }
  EXPECT_GT(spent, 0.19 * calls) << "and not much less, when all of it is wanted";
}

TEST(RetryBudget, AQuietHourDoesNotPayForAStorm) {
  RetryBudget budget({.percent = 20, .per_second = 0});
  for (int i = 0; i < 1'000'000; ++i) budget.called();
  EXPECT_LE(spend_all(budget, at({})), 100);
}

}  // namespace
}  // namespace holon::client
