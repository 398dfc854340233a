// One bad replica among good ones: frozen, slow, or failing.
#include <csignal>
#include <set>

#include "tests/mesh/chain_application.h"

namespace holon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class NeighboursTest : public ChainTest {
 protected:
  /// Waits until so much time has passed: the calls go on meanwhile.
  static void let_pass(env::Duration span) {
    const env::Time until = env::os().now() + span;
    std::this_thread::sleep_until(std::chrono::steady_clock::time_point(until.time_since_epoch()));
  }
  static std::set<int> answered_by(const std::vector<AskLoad::Asked>& asked) {
    std::set<int> pids;
    for (const AskLoad::Asked& each : asked) pids.insert(each.pid);
    return pids;
  }
};

TEST_F(NeighboursTest, AFrozenReplicaIsPassedOverAndTakenAgain) {
  write_pair(2);
  up();
  AskLoad load(endpoint("four.0"));
  const env::ProcessId frozen = process_of("five.0");
  ASSERT_TRUE(eventually([&] { return answered_by(load.since({})).contains(frozen.pid); }));
  ASSERT_TRUE(env::os().processes().signal(frozen, SIGSTOP, false).ok());
  let_pass(seconds(3));
  const env::Time out = env::os().now();
  let_pass(seconds(1));
  const std::vector<AskLoad::Asked> without = load.since(out);
  const env::Time back = env::os().now();
  ASSERT_TRUE(env::os().processes().signal(frozen, SIGCONT, false).ok());
  EXPECT_FALSE(without.empty());
  EXPECT_FALSE(answered_by(without).contains(frozen.pid));
  EXPECT_LT(ms(slowest(without)), 250);
  EXPECT_TRUE(eventually([&] { return answered_by(load.since(back)).contains(frozen.pid); }));
  load.stop();
  EXPECT_EQ(load.failures(), "");
}

TEST_F(NeighboursTest, OneOfFiveAtTenTimesTheLatencyIsHardlyNoticed) {
  write_pair(5);
  up();
  for (int i = 0; i < 5; ++i) behave("five." + std::to_string(i), 10);
  AskLoad load(endpoint("four.0"), 8);
  let_pass(seconds(1));
  const env::Time began = env::os().now();
  let_pass(seconds(3));
  const env::Duration healthy = quantile(load.since(began), 0.99);
  behave("five.3", 100);
  let_pass(seconds(5));
  const std::int64_t slow_before = count("five.3").asked();
  const env::Time later = env::os().now();
  let_pass(seconds(3));
  const std::vector<AskLoad::Asked> asked = load.since(later);
  const std::int64_t slow = count("five.3").asked() - slow_before;
  load.stop();
  EXPECT_GT(asked.size(), 300u);
  EXPECT_LT(ms(quantile(asked, 0.99)), 1.5 * ms(healthy)) << "the slow one got " << slow << " of " << asked.size();
  EXPECT_EQ(load.failures(), "");
}

TEST_F(NeighboursTest, AFailingReplicaIsLeftOutUntilItIsWell) {
  write_pair(3);
  up();
  behave("five.1", 0, Code::unavailable);
  AskLoad load(endpoint("four.0"));
  ASSERT_TRUE(eventually([&] { return load.calls() > 2'000; }));
  const std::size_t calls = load.calls();
  EXPECT_LT(count("five.1").asked(), static_cast<std::int64_t>(calls) / 20) << "of " << calls;
  EXPECT_GT(count("five.0").asked(), 0);
  EXPECT_EQ(load.failures(), "");
  behave("five.1", 0);
  const int pid = host("five.1").pid();
  const env::Time well = env::os().now();
  EXPECT_TRUE(eventually([&] { return answered_by(load.since(well)).contains(pid); }, seconds(30)));
}

}  // namespace
}  // namespace holon
