// A host that is called more often than it can answer, as a process of its own. Its service knows nothing of that, and nothing is
// configured.
#include <gtest/gtest.h>

#include <csignal>

#include "env/environment.h"
#include "holon/client.h"
#include "telemetry/metrics.h"
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
    Tally tally = crowd.tally(from, to);
    std::vector<double> p99_ms;  // of a second: one in which the machine had no time for the test is no judge
    for (auto second = from; second < to; second += seconds(1)) p99_ms.push_back(crowd.tally(second, second + seconds(1)).p99_ms);
    std::ranges::sort(p99_ms);
    tally.p99_ms = p99_ms[p99_ms.size() / 2];
    return tally;
  }

  ::overload::Done done() const {
    Client client(host_.address());
    const Ref<::overload::Desk> desk(client);
    return desk->Count(*client.call(seconds(20)), {}).value();
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
  EXPECT_LE(twice.p99_ms, 2 * healthy.p99_ms) << "of those that were let in";
}

// However much of the machine it gets, it spends that on calls that are answered.
TEST_F(Overload, AProcessorThatIsAskedForTooMuchWorksForThoseThatAreAnswered) {
  constexpr double far_too_many = 4 * 2 / std::chrono::duration<double>(computing_time).count();  // for two processors
  Crowd crowd(host_.address(), far_too_many, Tone::computing);
  std::this_thread::sleep_for(until_it_has_settled);
  const ::overload::Done before = done();
  const milliseconds cpu_before = host_.cpu();
  std::this_thread::sleep_for(seconds(4));
  const ::overload::Done after = done();
  const double cpu_ms = static_cast<double>((host_.cpu() - cpu_before).count());
  crowd.disperse();
  const auto late_ms = static_cast<double>(after.computed_late_ms() - before.computed_late_ms());
  const auto useful_ms = static_cast<double>(after.computed_ms() - before.computed_ms()) - late_ms;
  EXPECT_GE(useful_ms, 0.8 * cpu_ms) << host_.all_refusals();
  EXPECT_LE(late_ms, 0.01 * cpu_ms) << host_.all_refusals();
  EXPECT_GT(host_.refusals("shed.delay.default"), 0u) << host_.all_refusals();
}

TEST_F(Overload, WhatWasTurnedAwayIsMadeAgainThoughItMustNotBeDoneTwice) {
  Crowd crowd(host_.address(), answers_per_second * 3);
  std::this_thread::sleep_for(until_it_has_settled);
  Client client(host_.address());
  const Ref<::overload::Desk> desk(client);
  const auto call = client.call(seconds(30));
  std::atomic<int> answered{0};
  {
    TaskGroup group(*call);
    for (int i = 0; i < 40; ++i) {
      group.spawn([&](Call& branch) -> Result<void> {
        answered += desk->Order(branch, {}).ok() ? 1 : 0;
        return {};
      });
    }
    ASSERT_TRUE(group.wait().ok());
  }
  crowd.disperse();
  std::uint64_t retries = 0;
  for (const telemetry::EdgeTotals& totals : telemetry::metrics().snapshot()) {
    if (totals.edge.method == "overload.Desk/Order") retries += totals.repeats[static_cast<std::size_t>(telemetry::Repeat::retry)];
  }
  EXPECT_GT(retries, 0u) << host_.all_refusals();
  EXPECT_GT(answered, 0);
  EXPECT_EQ(done().orders(), answered) << "none was begun that its caller knows nothing of";
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
