#include "control/restart.h"

namespace holon::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t random_max = ~std::uint64_t{0};

class RestartTest : public testing::Test {
 protected:
  /// Starts, runs for `ran`, ends; time passes by the pause too.
  env::Duration live(env::Duration ran, std::uint64_t random) {
    restart_.started(now_);
    now_ += ran;
    env::Duration pause = restart_.ended(now_, random);
    now_ += pause;
    return pause;
  }

  env::Time now_{seconds(1000)};
  Restart restart_;
};

TEST_F(RestartTest, TheFirstRestartIsAtOnce) { EXPECT_EQ(live(milliseconds(5), 0), seconds(0)); }

TEST_F(RestartTest, PausesDoubleUpToTheCap) {
  live(milliseconds(5), 0);
  for (int expected_ms : {50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 15000, 15000}) {
    EXPECT_EQ(live(milliseconds(5), 0), milliseconds(expected_ms));
  }
  for (int i = 0; i < 100; ++i) EXPECT_LE(live(milliseconds(5), random_max - i), seconds(30));
}

TEST_F(RestartTest, JitterSpreadsBetweenHalfAndWhole) {
  auto second_pause = [&](std::uint64_t random) {
    restart_ = Restart();
    live(milliseconds(5), random);
    return live(milliseconds(5), random);
  };
  for (std::uint64_t random : {std::uint64_t{0}, std::uint64_t{12'345'678'901}, random_max}) {
    EXPECT_GE(second_pause(random), milliseconds(50));
    EXPECT_LE(second_pause(random), milliseconds(100));
  }
  EXPECT_NE(second_pause(1), second_pause(40'000'000));
}

TEST_F(RestartTest, ACrashLoopIsVisibleAndEndsWithAStableRun) {
  live(milliseconds(5), 0), live(milliseconds(5), 0);
  EXPECT_FALSE(restart_.crash_loop());
  live(milliseconds(5), 0);
  EXPECT_TRUE(restart_.crash_loop());
  EXPECT_EQ(live(seconds(10), 0), seconds(0));
  EXPECT_FALSE(restart_.crash_loop());
  EXPECT_EQ(restart_.ends(), 4);
}

}  // namespace
}  // namespace holon::control
