#include "client/conduct.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr env::Time start = env::Time() + seconds(1000);

class ConductTest : public ::testing::Test {
 protected:
  double latency_ms(env::Time now, const StandStill& still = {}) const { return conduct_.latency(now, still) / 1e6; }

  Conduct conduct_{Breaker::Rules()};
};

TEST_F(ConductTest, WhoIsLeftAgainAndAgainIsSlowerThanThat) {
  conduct_.ended(Outcome::unknown, milliseconds(10), start, {});
  EXPECT_NEAR(latency_ms(start), 1 + 20, 0.1);
  conduct_.ended(Outcome::unknown, milliseconds(15), start, {});
  EXPECT_NEAR(latency_ms(start), 1 + 40, 0.1);
}

TEST_F(ConductTest, AFailureThatComesAtOnceAttractsNobody) {
  conduct_.ended(Outcome::good, milliseconds(10), start, {});
  conduct_.ended(Outcome::failed, milliseconds(1), start, {});
  EXPECT_NEAR(latency_ms(start), 1 + 10, 0.1);
}

// Callers leave it, later and later, before anybody knows that it stands still.
TEST_F(ConductTest, WhatAStandstillTaughtIsForgottenOnceItGoesOn) {
  conduct_.ended(Outcome::good, milliseconds(1), start, {});
  for (int i = 0; i < 8; ++i) conduct_.ended(Outcome::unknown, milliseconds(10 << i), start + milliseconds(100 * i), {});
  EXPECT_GT(latency_ms(start + seconds(1)), 1000);
  conduct_.ended(Outcome::unknown, seconds(1), start + seconds(2), {.lasts = true});
  const StandStill over{.lasts = false, .ended = start + seconds(3)};
  EXPECT_NEAR(latency_ms(start + seconds(3), over), 1, 0.1);
  conduct_.ended(Outcome::good, seconds(2), start + seconds(3), over);
  EXPECT_NEAR(latency_ms(start + seconds(3), over), 1, 0.1) << "it stood still for most of that";
  conduct_.ended(Outcome::good, milliseconds(4), start + seconds(4), over);
  EXPECT_NEAR(latency_ms(start + seconds(4), over), 1 + 4, 0.1);
}

TEST_F(ConductTest, WhoStandsStillAgainAndAgainIsForgivenOnce) {
  StandStill still{.lasts = false, .ended = start + seconds(3)};
  conduct_.ended(Outcome::unknown, milliseconds(500), start, {});
  conduct_.ended(Outcome::good, milliseconds(1), start + seconds(4), still);
  EXPECT_NEAR(latency_ms(start + seconds(4), still), 2, 0.1);
  conduct_.ended(Outcome::unknown, milliseconds(500), start + seconds(5), still);
  still.ended = start + seconds(8);
  EXPECT_GT(latency_ms(start + seconds(8), still), 500);
  conduct_.ended(Outcome::unknown, milliseconds(500), start + seconds(33), still);
  still.ended = start + seconds(34);
  EXPECT_NEAR(latency_ms(start + seconds(34), still), 1, 0.1) << "that was long ago";
}

TEST_F(ConductTest, WhatSaysNothingOfAnswersIsNoLatency) {
  conduct_.ended(Outcome::absent, {}, start, {});
  EXPECT_NEAR(latency_ms(start), 1, 0.1);
}

}  // namespace
}  // namespace holon::client
