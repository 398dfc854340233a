// Whatever happens to connections, and in whatever order: every call ends, in time, with an answer or a right error, and
// reaches no handler twice.

#include <random>

#include "client/pool_world.h"
#include "holon/task.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class WeatherTest : public PoolTest, public ::testing::WithParamInterface<int> {
 protected:
  int roll(int sides) { return std::uniform_int_distribution<int>(0, sides - 1)(dice_); }

  void choose_climate() {
    Limits limits = quick();
    limits.link.preface_time = milliseconds(15);
    limits.link.keepalive_time = milliseconds(10);
    limits.link.keepalive_timeout = milliseconds(200);
    limits.connections_max = static_cast<std::size_t>(1 + roll(3));
    limits.spare_idle_time = milliseconds(1 + roll(20));
    limits.idle_time = milliseconds(5 + roll(50));
    limit(limits);
    for (FakeServer* server : servers_) {
      server->http2.streams_max = static_cast<std::uint32_t>(1 + roll(4));
      if (roll(3) > 0) server->start();
    }
    point_to({&one_, &two_}, true);
  }

  /// Something happens to one of the servers.
  void change() {
    FakeServer& server = *servers_[roll(2)];
    FakeServer::Peer* peer = server.peers.empty() ? nullptr : server.peers[roll(static_cast<int>(server.peers.size()))].get();
    switch (roll(12)) {
      case 0: return server.listens() ? server.stop() : server.start();
      case 1: server.silent = roll(3) == 0; return;
      case 2: server.answers = roll(3) > 0; return;
      case 3: return point_to(roll(2) == 0 ? std::vector{&one_, &two_} : std::vector{&server}, true);
      case 4: return point_to({}, true);
      default: break;
    }
    if (peer == nullptr || peer->ended()) return;
    switch (roll(6)) {
      case 0: return peer->drain();
      case 1: return peer->close();
      case 2: return peer->refuse_one();
      case 3: return peer->goaway(wire::Http2Code::enhance_your_calm, "too_many_pings");
      default: return peer->answer_one();
    }
  }

  struct Seen {
    Code code;
    env::Duration late;  ///< after its deadline
  };
  Seen one_call(Call& branch) {
    internal::RootCall call(env::os().now() + milliseconds(2 + roll(60)));
    (void)sleep(branch, milliseconds(roll(40)));
    Result<void> result = ask(call, roll(2) == 0);
    return {result.code(), env::os().now() - call.deadline()};
  }

  std::mt19937 dice_{static_cast<unsigned>(GetParam())};
  std::vector<FakeServer*> servers_{&one_, &two_};
};

TEST_P(WeatherTest, EveryCallEndsInTimeWithAnAnswerOrARightError) {
  choose_climate();
  constexpr int calls = 60;
  internal::RootCall root(env::os().now() + seconds(30));
  TaskGroup group(root);
  bool over = false;
  auto weather = group.spawn([&](Call& branch) -> Result<void> {
    while (!over) {
      change();
      HOLON_TRY(sleep(branch, milliseconds(1)));
    }
    return {};
  });
  std::vector<Seen> seen;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < calls; ++i) {
    tasks.push_back(group.spawn([&](Call& branch) -> Result<void> {
      seen.push_back(one_call(branch));
      return {};
    }));
  }
  for (auto& task : tasks) ASSERT_TRUE(task.get().ok());
  over = true;
  ASSERT_TRUE(weather.get().ok());
  int answered = 0;
  for (const Seen& each : seen) {
    bool right = each.code == Code::ok || each.code == Code::unavailable || each.code == Code::deadline_exceeded;
    EXPECT_TRUE(right) << code_name(each.code);
    EXPECT_LT(each.late, seconds(2));
    answered += each.code == Code::ok;
  }
  EXPECT_LE(answered, one_.answered + two_.answered) << "an answer from nowhere";
  EXPECT_LE(one_.answered + two_.answered, calls) << "a call was answered twice";
}

TEST_P(WeatherTest, WhenItClearsUpCallsAreAnsweredAgain) {
  choose_climate();
  for (int i = 0; i < 40; ++i) {
    change();
    internal::RootCall call(env::os().now() + milliseconds(3));
    (void)ask(call, roll(2) == 0);
  }
  for (FakeServer* server : servers_) {
    server->stop();
    server->silent = false;
    server->answers = true;
    server->start();
  }
  point_to({&one_, &two_});
  for (int i = 0; i < 5; ++i) {
    Result<void> answer = ask(seconds(10), true);
    EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, WeatherTest, ::testing::Range(0, 20));

}  // namespace
}  // namespace holon::client
