// Replicas that are killed, one after the other, while calls go on.
#include "tests/mesh/chain_application.h"

namespace holon {
namespace {

using std::chrono::milliseconds;

class FailoverTest : public ChainTest {};

TEST_F(FailoverTest, ReplicasKilledInTurnCostIdempotentCallsNothing) {
  constexpr int rounds = 100;
  constexpr int by_itself = 10;  // from then on somebody asks for it: the node backs off from one that ends again and again
  write_pair(2);
  up();
  AskLoad load(endpoint("four.0"));
  ASSERT_TRUE(eventually([&] { return load.calls() > 200; }));
  std::vector<env::Duration> longest;
  for (int round = 0; round < rounds; ++round) {
    const std::string replica = "five." + std::to_string(round % 2);
    const env::ProcessId process = process_of(replica);
    const env::Time killed = env::os().now();
    kill_hard(process);
    const auto is_back = [&] {
      const node::v1::HostState state = host(replica);
      return state.state() == "ready" && state.pid() != process.pid;
    };
    if (round >= by_itself) {
      ASSERT_TRUE(eventually([&] { return host(replica).pid() != process.pid; }));
      (void)holon({"restart", replica});  // the node may just have started it
    }
    ASSERT_TRUE(eventually(is_back, std::chrono::seconds(90)));
    const std::size_t before = load.calls();
    ASSERT_TRUE(eventually([&] { return load.calls() > before + 50; }));
    longest.push_back(slowest(load.since(killed - milliseconds(20))));
    ASSERT_EQ(load.failures(), "") << "in round " << round;
  }
  load.stop();
  EXPECT_EQ(load.failures(), "");
  std::ranges::sort(longest);
  RecordProperty("calls", static_cast<int>(load.calls()));
  RecordProperty("slowest_ms", std::to_string(ms(longest.back())));
  EXPECT_LT(ms(longest[longest.size() / 2]), 250) << "the slowest call of a round, as a rule";
}

TEST_F(FailoverTest, ReplicasThatAreAddedOrTakenAwayCostNothing) {
  write_pair(1);
  up();
  AskLoad load(endpoint("four.0"));
  ASSERT_EQ(holon({"scale", "five=3"}).code, 0);
  const int third = host("five.2").pid();
  EXPECT_TRUE(eventually([&] {
    return std::ranges::any_of(load.since({}), [&](const AskLoad::Asked& asked) { return asked.pid == third; });
  })) << "a new one takes calls once it is ready";
  ASSERT_EQ(holon({"restart", "five"}).code, 0);
  ASSERT_EQ(holon({"scale", "five=1"}).code, 0);
  const std::size_t before = load.calls();
  ASSERT_TRUE(eventually([&] { return load.calls() > before + 100; }));
  load.stop();
  EXPECT_EQ(load.failures(), "");
}

}  // namespace
}  // namespace holon
