// A host that is called more often than it can answer, as a process of its own. Its service knows nothing of that, and nothing is
// configured.
#include <gtest/gtest.h>

#include <csignal>

#include "env/environment.h"
#include "tests/hostile/victim.h"
#include "tests/overload/crowd.h"
#include "tests/overload/desk.h"

namespace holon::overload {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Tally = Crowd::Tally;

constexpr seconds until_it_has_settled{2};

class Overload : public ::testing::Test {
 protected:
  /// What becomes of calls at `load` times what the desk can do, once they have come for a while.
  Tally at_load(double load) {
    Crowd crowd(host_.address(), answers_per_second * load);
    const auto from = Clock::now() + until_it_has_settled;
    const auto to = from + seconds(3);
    std::this_thread::sleep_until(to);
    crowd.disperse();
    return crowd.tally(from, to);
  }

  hostile::Victim host_;
};

TEST_F(Overload, AHostDoesAsMuchAsItCanAndWhomItLetsInIsAnsweredSoon) {
  const Tally healthy = at_load(0.5);
  EXPECT_EQ(healthy.answered, healthy.calls) << host_.all_refusals();
  EXPECT_EQ(host_.all_refusals(), "");
  const Tally twice = at_load(2);
  const Tally five_times = at_load(5);
  const double peak = std::max(twice.answered_per_second, five_times.answered_per_second);
  EXPECT_GE(twice.answered_per_second, 0.9 * peak) << peak;
  EXPECT_GE(five_times.answered_per_second, 0.8 * peak) << peak;
  EXPECT_GE(peak, 0.8 * answers_per_second);
  EXPECT_GT(host_.refusals("shed.delay.default"), 0u) << host_.all_refusals();
}

TEST_F(Overload, CriticalCallsSurviveTwelveTimesAsManySheddableOnes) {
  Crowd urgent(host_.address(), answers_per_second * 0.4, Tone::urgent);
  Crowd others(host_.address(), answers_per_second * 12, Tone::by_the_way);
  const auto from = Clock::now() + until_it_has_settled;
  const auto to = from + seconds(4);
  std::this_thread::sleep_until(to);
  urgent.disperse();
  others.disperse();
  const Tally tally = urgent.tally(from, to);
  EXPECT_GE(tally.share(), 0.994) << tally.answered << " of " << tally.calls << "; " << host_.all_refusals();
  EXPECT_GT(host_.refusals("shed.delay.sheddable"), 0u) << host_.all_refusals();
}

TEST_F(Overload, AllIsBackAfterATrigger) {
  Crowd crowd(host_.address(), answers_per_second * 0.7);
  std::this_thread::sleep_for(seconds(1));
  ASSERT_TRUE(env::os().processes().signal(host_.process(), SIGSTOP, false).ok());
  std::this_thread::sleep_for(seconds(2));
  ASSERT_TRUE(env::os().processes().signal(host_.process(), SIGCONT, false).ok());
  const auto from = Clock::now() + seconds(4);
  const auto to = from + seconds(3);
  std::this_thread::sleep_until(to);
  crowd.disperse();
  const Tally tally = crowd.tally(from, to);
  EXPECT_GE(tally.share(), 0.95) << tally.answered << " of " << tally.calls << "; " << host_.all_refusals();
}

}  // namespace
}  // namespace holon::overload
