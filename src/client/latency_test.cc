#include "client/latency.h"

#include <random>

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr env::Time start = env::Time() + seconds(1000);

TEST(PeakLatency, RisesAtOnceAndSinksSlowly) {
  PeakLatency latency;
  EXPECT_EQ(latency.at(start), 0) << "nothing is known";
  latency.add(milliseconds(1), start);
  latency.add(milliseconds(10), start + milliseconds(1));
  EXPECT_NEAR(latency.at(start + milliseconds(1)), 10e6, 1e4);
  env::Time now = start;
  for (int i = 0; i < 5; ++i) latency.add(milliseconds(1), now += milliseconds(2));
  EXPECT_GT(latency.at(now), 9e6) << "a few good ones prove little";
  for (int i = 0; i < 100; ++i) latency.add(milliseconds(1), now += milliseconds(100));
  EXPECT_LT(latency.at(now), 2e6);
}

TEST(PeakLatency, IsForgottenWithTime) {
  PeakLatency latency;
  latency.add(seconds(1), start);
  EXPECT_GT(latency.at(start + seconds(2)), 0.5e9);
  EXPECT_LT(latency.at(start + seconds(14)), 0.1e9);
  EXPECT_LT(latency.at(start + seconds(60)), 0.001e9);
}

TEST(PeakLatency, MayBeForgottenUpToATime) {
  PeakLatency latency;
  latency.add(seconds(1), start);
  latency.forget_until(start - seconds(1));
  EXPECT_GT(latency.at(start), 0);
  latency.forget_until(start);
  EXPECT_EQ(latency.at(start), 0);
  latency.add(milliseconds(3), start + seconds(1));
  EXPECT_NEAR(latency.at(start + seconds(1)), 3e6, 1e4);
}

class TailLatencyTest : public ::testing::TestWithParam<int> {};

// Of samples of any scale, about one in twenty is beyond it.
TEST_P(TailLatencyTest, OneInTwentyIsBeyond) {
  std::mt19937 dice(static_cast<unsigned>(GetParam()));
  std::lognormal_distribution<double> took(10 + GetParam(), 0.5 + GetParam() * 0.1);
  TailLatency tail;
  for (int i = 0; i < 2000; ++i) tail.add(env::Duration(static_cast<std::int64_t>(took(dice))));
  ASSERT_TRUE(tail.known());
  int beyond = 0;
  constexpr int calls = 20'000;
  for (int i = 0; i < calls; ++i) {
    env::Duration sample(static_cast<std::int64_t>(took(dice)));
    beyond += sample > tail.value() ? 1 : 0;
    tail.add(sample);
  }
  EXPECT_GT(beyond, calls * 0.03);
  EXPECT_LT(beyond, calls * 0.08);
}
INSTANTIATE_TEST_SUITE_P(Scales, TailLatencyTest, ::testing::Range(0, 8));

TEST(TailLatency, FollowsWhenCallsBecomeSlower) {
  TailLatency tail;
  for (int i = 0; i < 200; ++i) tail.add(milliseconds(1));
  for (int i = 0; i < 30; ++i) tail.add(milliseconds(50));
  EXPECT_GE(tail.value(), milliseconds(50) * 9 / 10);
}

TEST(TailLatency, IsNotKnownFromAFewCalls) {
  TailLatency tail;
  for (int i = 0; i < 50; ++i) tail.add(milliseconds(1));
  EXPECT_FALSE(tail.known());
}

}  // namespace
}  // namespace holon::client
