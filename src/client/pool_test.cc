// What a call meets on its way to a stream: servers that are not there, do not answer, are full, drain, or come again.

#include "client/pool.h"

#include <algorithm>

#include "client/pool_world.h"
#include "holon/task.h"
#include "telemetry/refusals.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(PoolTest, ACallIsAnsweredAndTheConnectionIsKept) {
  one_.start();
  point_to({&one_});
  for (int i = 0; i < 3; ++i) {
    Result<void> answer = ask();
    EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  }
  EXPECT_EQ(one_.accepted, 1);
}

TEST_F(PoolTest, AConnectionCountsOnlyOnceTheServersSettingsHaveCome) {
  Limits limits = quick();
  limits.link.preface_time = milliseconds(20);
  limit(limits);
  one_.silent = true;
  one_.start();
  point_to({&one_});
  std::uint64_t refused_before = telemetry::refusals_of("preface_timeout");
  Result<void> answer = ask();
  EXPECT_EQ(answer.code(), Code::unavailable);
  EXPECT_THAT(answer.error().message(), ::testing::HasSubstr("preface_timeout"));
  EXPECT_THAT(answer.error().message(), ::testing::HasSubstr(one_.address.host));
  EXPECT_EQ(telemetry::refusals_of("preface_timeout"), refused_before + 1);
}

TEST_F(PoolTest, WhoIsTurnedAwayWithoutAWordTriesOnceMore) {
  Limits limits = quick();
  limits.absence_time = {};
  limit(limits);
  one_.start();
  point_to({&one_});
  one_.turns_away = 1;
  Result<void> answer = ask();
  EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_EQ(one_.accepted, 2);
  one_.peers.at(0)->close();
  one_.turns_away = 2;
  ASSERT_TRUE(eventually([&] { return ask().code() == Code::unavailable; }));
  EXPECT_EQ(one_.accepted, 4);
}

TEST_F(PoolTest, WithoutWaitingForReadyItFailsAtOnceWithTheReason) {
  point_to({&one_});
  env::Time before = env::os().now();
  for (int i = 0; i < 20; ++i) {
    Result<void> answer = ask();
    EXPECT_EQ(answer.code(), Code::unavailable);
    EXPECT_THAT(answer.error().message(), ::testing::HasSubstr("No such file"));
  }
  EXPECT_LT(env::os().now() - before, seconds(1));
}

TEST_F(PoolTest, WaitingForReadyOutlastsFailuresAndBackOff) {
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto waiting = group.spawn([&](Call& branch) { return ask(branch, true); });
  auto server = group.spawn([&](Call& branch) -> Result<void> {
    HOLON_TRY(sleep(branch, milliseconds(50)));  // several attempts fail meanwhile
    one_.start();
    return {};
  });
  Result<void> answer = waiting.get();
  EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_TRUE(server.get().ok());
}

TEST_F(PoolTest, WaitingForReadyIsBoundedByTheDeadlineAndNamesTheReason) {
  point_to({&one_});
  env::Time before = env::os().now();
  Result<void> answer = ask(milliseconds(40), true);
  EXPECT_EQ(answer.code(), Code::deadline_exceeded);
  EXPECT_THAT(answer.error().message(), ::testing::HasSubstr(one_.address.host));
  EXPECT_GE(env::os().now() - before, milliseconds(40));
  EXPECT_LT(env::os().now() - before, seconds(2));
}

TEST_F(PoolTest, WaitingForReadyTakesWhicheverEndpointComesFirst) {
  point_to({&one_, &two_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto waiting = group.spawn([&](Call& branch) { return ask(branch, true); });
  auto server = group.spawn([&](Call& branch) -> Result<void> {
    HOLON_TRY(sleep(branch, milliseconds(30)));
    two_.start();
    return {};
  });
  EXPECT_TRUE(waiting.get().ok());
  EXPECT_EQ(two_.arrived, 1);
  EXPECT_TRUE(server.get().ok());
}

TEST_F(PoolTest, WhoHasGoneStopsWaiting) {
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto waiting = group.spawn([&](Call& branch) { return ask(branch, true); });
  auto leaving = group.spawn([&](Call& branch) -> Result<void> {
    HOLON_TRY(sleep(branch, milliseconds(10)));
    call.cancel();
    return {};
  });
  EXPECT_EQ(waiting.get().code(), Code::cancelled);
}

TEST_F(PoolTest, BackOffGrowsIsBoundedAndDisperses) {
  Limits limits;
  limits.back_off_first = milliseconds(100);
  limits.back_off_most = milliseconds(400);
  std::vector<double> pauses;
  for (int i = 0; i < 40; ++i) {
    client::Peer peer(loop_, one_.address, limits);
    internal::RootCall call(env::os().now() + seconds(5));
    turn();
    env::Time before = loop_.now();
    EXPECT_FALSE(peer.usable({call.deadline(), internal::CallAccess::scope(call)}).ok());
    EXPECT_TRUE(peer.backing_off());
    pauses.push_back(std::chrono::duration<double, std::milli>(peer.next_attempt() - before).count());
  }
  auto [least, most] = std::minmax_element(pauses.begin(), pauses.end());
  EXPECT_GE(*least, 80);
  EXPECT_LE(*most, 120);
  EXPECT_GT(*most - *least, 5) << "clients that fail together would come again together";
}

TEST_F(PoolTest, BackOffDoublesUntilASuccessEndsIt) {
  Limits limits;
  limits.back_off_first = milliseconds(4);
  limits.back_off_most = milliseconds(16);
  client::Peer peer(loop_, one_.address, limits);
  internal::RootCall call(env::os().now() + seconds(10));
  Patience patience{call.deadline(), internal::CallAccess::scope(call)};
  std::vector<double> pauses;
  auto fail_once = [&] {
    ASSERT_TRUE(eventually([&] { return !peer.backing_off(); }));
    env::Time before = loop_.now();
    EXPECT_FALSE(peer.usable(patience).ok());
    pauses.push_back(std::chrono::duration<double, std::milli>(peer.next_attempt() - before).count());
  };
  for (int i = 0; i < 5; ++i) fail_once();
  const double expected[] = {4, 8, 16, 16, 16};
  for (int i = 0; i < 5; ++i) {
    EXPECT_GE(pauses[i], expected[i] * 0.79) << i;
    EXPECT_LE(pauses[i], expected[i] * 1.21) << i;
  }
  one_.start();
  ASSERT_TRUE(eventually([&] { return !peer.backing_off(); }));
  EXPECT_TRUE(peer.usable(patience).ok());
  one_.stop();
  ASSERT_TRUE(eventually([&] { return peer.connections() == 0; }));
  pauses.clear();
  fail_once();
  EXPECT_LE(pauses[0], 4 * 1.21) << "the success did not end the back-off";
}

TEST_F(PoolTest, WhenStreamsRunOutAnotherConnectionIsOpenedUpToTheBound) {
  Limits limits = quick();
  limits.connections_max = 3;
  limit(limits);
  one_.http2.streams_max = 4;
  one_.answers = false;
  one_.start();
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(group.spawn([&](Call& branch) { return ask(branch); }));
  EXPECT_TRUE(eventually([&] { return one_.arrived == 12; })) << one_.arrived;
  EXPECT_EQ(one_.accepted, 3);
  // The other eight wait until streams become free.
  while (one_.answered < 20) {
    for (auto& peer : one_.peers) peer->answer_one();
    turn();
  }
  for (auto& task : tasks) {
    Result<void> answer = task.get();
    EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  }
  EXPECT_EQ(one_.accepted, 3);
  EXPECT_EQ(one_.arrived, 20);
}

TEST_F(PoolTest, SpareConnectionsCloseWhenIdleAndTheFirstStays) {
  Limits limits = quick();
  limits.spare_idle_time = milliseconds(20);
  limit(limits);
  one_.http2.streams_max = 1;
  one_.answers = false;
  one_.start();
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 3; ++i) tasks.push_back(group.spawn([&](Call& branch) { return ask(branch); }));
  ASSERT_TRUE(eventually([&] { return one_.arrived == 3; }));
  EXPECT_EQ(one_.connections(), 3u);
  for (auto& peer : one_.peers) peer->answer_one();
  for (auto& task : tasks) EXPECT_TRUE(task.get().ok());
  EXPECT_TRUE(eventually([&] { return one_.connections() == 1; })) << one_.connections();
  one_.answers = true;
  EXPECT_TRUE(ask().ok());
  EXPECT_EQ(one_.accepted, 3) << "the one that stayed was not used";
}

TEST_F(PoolTest, AnIdleConnectionClosesAndTheNextCallOpensAFreshOne) {
  Limits limits = quick();
  limits.idle_time = milliseconds(20);
  limit(limits);
  one_.start();
  point_to({&one_});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(ask().ok());
    EXPECT_TRUE(eventually([&] { return one_.connections() == 0; }));
  }
  EXPECT_EQ(one_.accepted, 3);
}

TEST_F(PoolTest, AConnectionWithACallIsNotIdleHoweverLongItTakes) {
  Limits limits = quick();
  limits.idle_time = milliseconds(10);
  limit(limits);
  one_.answers = false;
  one_.start();
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto asking = group.spawn([&](Call& branch) { return ask(branch); });
  auto answering = group.spawn([&](Call& branch) -> Result<void> {
    HOLON_TRY(sleep(branch, milliseconds(60)));
    one_.peers.at(0)->answer_one();
    return {};
  });
  Result<void> answer = asking.get();
  EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_TRUE(answering.get().ok());
}

TEST_F(PoolTest, AServerThatGivesNoSignOfLifeIsLeftAndNamed) {
  Limits limits = quick();
  limits.link.keepalive_time = milliseconds(10);
  limits.link.keepalive_timeout = milliseconds(20);
  limit(limits);
  // It accepts and greets, then hears nothing more: its loop is another, which does not turn.
  std::unique_ptr<env::Reactor> deaf = env::os().make_reactor();
  auto listener = deaf->listen(one_.address);
  ASSERT_TRUE(listener.ok());
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto asking = group.spawn([&](Call& branch) { return ask(branch); });
  std::unique_ptr<env::Stream> stream;
  ASSERT_TRUE(eventually([&] { return (stream = std::move(*(*listener)->accept())) != nullptr; }));
  const std::string settings("\0\0\0\4\0\0\0\0\0", 9);
  env::Bytes bytes = std::as_bytes(std::span(settings));
  ASSERT_EQ(stream->write({&bytes, 1}).bytes, settings.size());
  Result<void> answer = asking.get();
  EXPECT_EQ(answer.code(), Code::unavailable);
  EXPECT_THAT(answer.error().message(), ::testing::HasSubstr("keepalive_timeout"));
}

TEST_F(PoolTest, ALongCallIsKeptByAServerThatLives) {
  Limits limits = quick();
  limits.link.keepalive_time = milliseconds(5);
  limits.link.keepalive_timeout = seconds(2);
  limit(limits);
  one_.answers = false;
  one_.start();
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto asking = group.spawn([&](Call& branch) { return ask(branch); });
  auto answering = group.spawn([&](Call& branch) -> Result<void> {
    HOLON_TRY(sleep(branch, milliseconds(100)));
    one_.peers.at(0)->answer_one();
    return {};
  });
  Result<void> answer = asking.get();
  EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_TRUE(answering.get().ok());
}

TEST_F(PoolTest, AServerThatIsAskedTooOftenIsAskedHalfAsOften) {
  Limits limits = quick();
  limits.link.keepalive_time = seconds(10);
  one_.start();
  client::Peer peer(loop_, one_.address, limits);
  internal::RootCall call(env::os().now() + seconds(10));
  Patience patience{call.deadline(), internal::CallAccess::scope(call)};
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(peer.usable(patience).ok());
    one_.peers.back()->goaway(wire::Http2Code::enhance_your_calm, "too_many_pings");
    ASSERT_TRUE(eventually([&] { return peer.connections() == 0; }));
    EXPECT_EQ(peer.keepalive_time(), seconds(10) * (1 << i));
  }
}

TEST_F(PoolTest, ACallThatADrainingServerDidNotTakeIsMadeAgain) {
  one_.answers = false;
  one_.start();
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto first = group.spawn([&](Call& branch) { return ask(branch); });
  ASSERT_TRUE(eventually([&] { return one_.arrived == 1; }));
  one_.answers = true;
  one_.peers.at(0)->drain();  // its last word names the first call; what is opened now lies above it
  auto second = group.spawn([&](Call& branch) { return ask(branch); });
  Result<void> answer = second.get();
  EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  one_.peers.at(0)->answer_one();
  answer = first.get();
  EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_EQ(one_.accepted, 2);
}

TEST_F(PoolTest, ARefusedCallIsMadeAgainAndNotForEver) {
  one_.answers = false;
  one_.start();
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto asking = group.spawn([&](Call& branch) { return ask(branch); });
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(eventually([&] { return one_.arrived == i; })) << i;
    one_.peers.at(0)->refuse_one();
  }
  EXPECT_EQ(asking.get().code(), Code::unavailable);
}

TEST_F(PoolTest, WhatNeverLeftIsMadeAgain) {
  one_.start();
  point_to({&one_});
  ASSERT_TRUE(ask().ok());
  // The server is gone, and this side has not noticed when the call is submitted: nothing of it is written.
  one_.peers.at(0)->close();
  Result<void> answer = ask();
  EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_EQ(one_.accepted, 2);
}

TEST_F(PoolTest, WhatHasLeftIsNotMadeAgain) {
  one_.answers = false;
  one_.start();
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto asking = group.spawn([&](Call& branch) { return ask(branch); });
  ASSERT_TRUE(eventually([&] { return one_.arrived == 1; }));
  one_.peers.at(0)->close();
  Result<void> answer = asking.get();
  EXPECT_EQ(answer.code(), Code::unavailable);
  EXPECT_THAT(answer.error().message(), ::testing::HasSubstr("the peer closed the connection"));
  EXPECT_EQ(one_.arrived, 1);
}

TEST_F(PoolTest, WhoWaitsForAStreamOfAnEndpointThatGoesTakesAnother) {
  Limits limits = quick();
  limits.connections_max = 1;
  limit(limits);
  one_.http2.streams_max = 1;
  one_.answers = false;
  one_.start();
  two_.start();
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto first = group.spawn([&](Call& branch) { return ask(branch); });
  auto second = group.spawn([&](Call& branch) { return ask(branch); });
  ASSERT_TRUE(eventually([&] { return one_.arrived == 1; }));
  point_to({&two_});
  Result<void> answer = second.get();
  EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_EQ(two_.arrived, 1);
  one_.peers.at(0)->answer_one();
  EXPECT_TRUE(first.get().ok()) << "what has begun is finished at the old endpoint";
  EXPECT_TRUE(eventually([&] { return one_.connections() == 0; }));
}

}  // namespace
}  // namespace holon::client
