// A call as often as it takes and may: against servers that fail, refuse, keep silent, or are slow.

#include "client/unary.h"

#include <google/protobuf/empty.pb.h>

#include "client/channel.h"
#include "client/latency.h"
#include "client/pool_world.h"
#include "holon/task.h"
#include "telemetry/metrics.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr internal::MethodInfo unary_methods[] = {
    {.name = "test.Service/Get", .kind = internal::Kind::unary, .idempotent = true, .priority = 1, .timeout_ns = 0,
     .serve = nullptr, .request = nullptr, .reply = nullptr},
    {.name = "test.Service/Add", .kind = internal::Kind::unary, .idempotent = false, .priority = 1, .timeout_ns = 0,
     .serve = nullptr, .request = nullptr, .reply = nullptr},
};
constexpr internal::ServiceInfo unary_service = {.name = service, .methods = unary_methods, .file = nullptr};

class UnaryTest : public PoolTest {
 protected:
  enum Method : unsigned { get, add };

  UnaryTest() {
    binding_.callee = &unary_service;
    binding_.caller = "test.Caller";
    binding_.first_edge = telemetry::metrics().add_edge({telemetry::Way::remote, "test.Caller", "test.Service/Get"});
    telemetry::metrics().add_edge({telemetry::Way::remote, "test.Caller", "test.Service/Add"});
    learn({});
  }

  /// A channel that knows nothing yet.
  void learn(const Limits& limits) {
    limits_ = limits;
    limits_.back_off_first = milliseconds(2);
    limits_.back_off_most = milliseconds(20);
    limits_.retry_wait_first = milliseconds(2);
    channel_.reset();
    pools_ = std::make_unique<Pools>(std::vector<fiber::Loop*>{&loop_}, limits_);
    channel_ = std::make_unique<Channel>(*pools_, binding_);
  }
  void serve(std::vector<FakeServer*> servers) {
    Endpoints known;
    for (FakeServer* server : servers) {
      if (!server->listens()) server->start();
      known.services[std::string(service)].push_back(server->address);
    }
    pools_->update(std::move(known));
  }

  Result<void> call(Call& call, Method method) {
    google::protobuf::Empty nothing, reply;
    return channel_->unary(call, method, nothing, reply);
  }
  Result<void> call(Method method, env::Duration timeout = seconds(5)) {
    internal::RootCall root(env::os().now() + timeout);
    return call(root, method);
  }
  std::uint64_t repeats(Method method, telemetry::Repeat what) const {
    const std::uint32_t edge = binding_.first_edge + method;
    return telemetry::metrics().snapshot(edge, edge + 1).at(0).repeats[static_cast<std::size_t>(what)];
  }
  /// Calls have met both; who is silent is found out soon, and nothing is hedged.
  void serve_both_and_notice_silence() {
    Limits limits;
    limits.link.silence_time = milliseconds(50);
    limits.hedges_max = 0;
    learn(limits);
    serve({&one_, &two_});
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(call(get).ok());
  }
  /// The pair is known to be fast, so that a late answer is known as one. One call more, and on a slow machine it may be late.
  void know_latency() {
    for (std::uint32_t i = 0; i < TailLatency::learned; ++i) ASSERT_TRUE(call(get).ok());
  }

  Limits limits_;
  internal::Binding binding_;
  std::unique_ptr<Pools> pools_;
  std::unique_ptr<Channel> channel_;
};

TEST_F(UnaryTest, AnIdempotentCallIsMadeAgainElsewhere) {
  serve({&one_, &two_});
  one_.status = "14";
  for (int i = 0; i < 20; ++i) {
    Result<void> answer = call(get);
    EXPECT_TRUE(answer.ok()) << answer.error().to_string();
  }
  EXPECT_GE(one_.answered, 1);
  EXPECT_EQ(repeats(get, telemetry::Repeat::retry), static_cast<std::uint64_t>(one_.answered));
}

TEST_F(UnaryTest, WhatIsNotIdempotentIsMadeOnce) {
  serve({&one_});
  one_.status = "14";
  EXPECT_EQ(call(add).code(), Code::unavailable);
  EXPECT_EQ(one_.arrived, 1);
}

TEST_F(UnaryTest, EachAttemptSaysHowManyWereBefore) {
  serve({&one_});
  one_.status = "14";
  EXPECT_EQ(call(get).code(), Code::unavailable);
  EXPECT_THAT(one_.earlier_attempts, ::testing::ElementsAre("", "1", "2", "3"));
}

TEST_F(UnaryTest, TheServerMayForbidAnother) {
  serve({&one_});
  one_.status = "14";
  one_.push_back = "-1";
  EXPECT_EQ(call(get).code(), Code::unavailable);
  EXPECT_EQ(one_.arrived, 1);
}

TEST_F(UnaryTest, TheServerMaySayWhen) {
  serve({&one_});
  one_.status = "8";
  one_.push_back = "30";
  const env::Time began = env::os().now();
  EXPECT_EQ(call(get).code(), Code::resource_exhausted);
  EXPECT_EQ(one_.arrived, 4);
  EXPECT_GE(env::os().now() - began, milliseconds(90));
}

TEST_F(UnaryTest, WhatWasTurnedAwayIsMadeAgainThoughItIsNotIdempotent) {
  serve({&one_});
  one_.status = "8";
  one_.push_back = "1";
  EXPECT_EQ(call(add).code(), Code::resource_exhausted);
  EXPECT_EQ(one_.arrived, 1);
  one_.unbegun = true;
  EXPECT_EQ(call(add).code(), Code::resource_exhausted);
  EXPECT_EQ(one_.arrived, 1 + 4);
  EXPECT_EQ(repeats(add, telemetry::Repeat::retry), 3u) << "it is paid for as other retries are";
}

TEST_F(UnaryTest, AWaitThatTheDeadlineForbidsIsNotBegun) {
  serve({&one_});
  one_.status = "14";
  one_.push_back = "60000";
  const env::Time began = env::os().now();
  EXPECT_EQ(call(get, seconds(5)).code(), Code::unavailable);
  EXPECT_LT(env::os().now() - began, seconds(4));
  EXPECT_EQ(one_.arrived, 1);
}

TEST_F(UnaryTest, TheBudgetBoundsWhatIsRepeated) {
  Limits limits;
  limits.retry_budget = {.percent = 20, .per_second = 0};
  learn(limits);
  serve({&one_});
  one_.status = "14";
  constexpr int calls = 200;
  for (int i = 0; i < calls; ++i) EXPECT_EQ(call(get).code(), Code::unavailable);
  EXPECT_LE(one_.arrived, calls * 1.2);
  EXPECT_GE(one_.arrived, calls * 1.15);
  EXPECT_GT(repeats(get, telemetry::Repeat::unpaid), 0u);
}

TEST_F(UnaryTest, WhatIsSaidOfAServiceHoldsFromThenOn) {
  serve({&one_});
  one_.status = "14";
  EXPECT_EQ(call(get).code(), Code::unavailable);
  EXPECT_EQ(one_.arrived, 4);
  pools_->heed({{std::string(service), {.calls = {.attempts_max = 2}}}});
  EXPECT_EQ(call(get).code(), Code::unavailable);
  EXPECT_EQ(one_.arrived, 4 + 2);
  pools_->heed({{std::string(service), {.calls = {.attempts_max = 2}, .methods = {{"Get", {.attempts_max = 1}}}}}});
  EXPECT_EQ(call(get).code(), Code::unavailable);
  EXPECT_EQ(one_.arrived, 4 + 2 + 1);
  pools_->heed({});
  EXPECT_EQ(call(get).code(), Code::unavailable);
  EXPECT_EQ(one_.arrived, 4 + 2 + 1 + 4);
}

TEST_F(UnaryTest, ABudgetIsSaidOfAService) {
  pools_->heed({{std::string(service), {.calls = {}, .methods = {}, .retry_budget_percent = 0, .retry_budget_per_second = 0}}});
  serve({&one_});
  one_.status = "14";
  EXPECT_EQ(call(get).code(), Code::unavailable);
  EXPECT_EQ(one_.arrived, 1);
  EXPECT_EQ(repeats(get, telemetry::Repeat::unpaid), 1u);
}

TEST_F(UnaryTest, ARefusedStreamReachedNobodyAndIsNoRetry) {
  serve({&one_});
  one_.answers = false;
  internal::RootCall root(env::os().now() + seconds(10));
  TaskGroup group(root);
  auto waiting = group.spawn([&](Call& branch) { return call(branch, add); });
  ASSERT_TRUE(eventually([&] { return one_.arrived == 1; }));
  one_.answers = true;
  one_.peers.at(0)->refuse_one();
  EXPECT_TRUE(waiting.get().ok());
  EXPECT_EQ(one_.arrived, 2);
  EXPECT_EQ(repeats(add, telemetry::Repeat::retry), 0u);
}

TEST_F(UnaryTest, AnEndpointThatIsAbsentAgainAndAgainIsLeftAlone) {
  serve({&one_, &two_});
  one_.status = "14";
  for (int i = 0; i < 200; ++i) (void)call(add);
  EXPECT_GE(one_.answered, 5);
  EXPECT_LE(one_.answered, 10) << "its breaker is open";
  one_.status = "0";
  const int before = one_.answered;
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(call(add).ok());
    return one_.answered > before + 5;
  })) << "and closes again";
}

TEST_F(UnaryTest, TheLastEndpointIsTriedHoweverOftenItFails) {
  serve({&one_});
  one_.status = "14";
  for (int i = 0; i < 30; ++i) (void)call(add);
  EXPECT_EQ(one_.arrived, 30);
  one_.status = "0";
  EXPECT_TRUE(call(add).ok());
}

TEST_F(UnaryTest, ALateAnswerIsAskedForElsewhereToo) {
  serve({&one_, &two_});
  know_latency();
  const int answered_before = one_.answered + two_.answered;
  one_.answers = false;
  two_.answers = false;
  internal::RootCall root(env::os().now() + seconds(10));
  TaskGroup group(root);
  auto waiting = group.spawn([&](Call& branch) { return call(branch, get); });
  auto open = [](FakeServer& server) { return server.peers.empty() ? 0 : server.peers.at(0)->open(); };
  ASSERT_TRUE(eventually([&] { return open(one_) == 1 && open(two_) == 1; })) << "the same call, at both";
  two_.peers.at(0)->answer_one();
  EXPECT_TRUE(waiting.get().ok());
  EXPECT_TRUE(eventually([&] { return open(one_) == 0; })) << "the other attempt is cancelled";
  EXPECT_EQ(one_.answered + two_.answered, answered_before + 1);
  EXPECT_EQ(repeats(get, telemetry::Repeat::hedge), 1u);
}

TEST_F(UnaryTest, ALateAnswerIsWhatIsSaidToBeOne) {
  pools_->heed({{std::string(service), {.calls = {}, .methods = {{"Get", {.hedge_after = milliseconds(20)}}}}}});
  serve({&one_, &two_});
  while (one_.answered == 0 || two_.answered == 0) ASSERT_TRUE(call(add).ok());  // both are connected, and nothing is learnt of get
  one_.answers = two_.answers = false;
  internal::RootCall root(env::os().now() + seconds(10));
  TaskGroup group(root);
  const env::Time began = env::os().now();
  auto waiting = group.spawn([&](Call& branch) { return call(branch, get); });
  ASSERT_TRUE(eventually([&] { return one_.peers.at(0)->open() == 1 && two_.peers.at(0)->open() == 1; })) << "the same call, at both";
  EXPECT_GE(env::os().now() - began, milliseconds(20));
  two_.peers.at(0)->answer_one();
  EXPECT_TRUE(waiting.get().ok());
  EXPECT_EQ(repeats(get, telemetry::Repeat::hedge), 1u);
}

TEST_F(UnaryTest, AHedgeMeetsFaultsToo) {
  serve({&one_, &two_});
  binding_.faults = &pools_->faults();
  know_latency();
  const int arrived_before = one_.arrived + two_.arrived;
  one_.answers = two_.answers = false;
  internal::RootCall root(env::os().now() + seconds(10));
  TaskGroup group(root);
  auto waiting = group.spawn([&](Call& branch) { return call(branch, get); });
  ASSERT_TRUE(eventually([&] { return one_.arrived + two_.arrived == arrived_before + 1; })) << "the first attempt";
  pools_->faults().set({faults::Rule{.id = 7, .ending = faults::Ending::black_hole}});
  ASSERT_TRUE(eventually([&] { return repeats(get, telemetry::Repeat::hedge) == 1; }));
  EXPECT_EQ(one_.arrived + two_.arrived, arrived_before + 1) << "the hedge is swallowed";
  for (FakeServer* server : {&one_, &two_}) {
    if (!server->peers.empty()) server->peers.at(0)->answer_one();
  }
  EXPECT_TRUE(waiting.get().ok()) << "the first attempt was under way before the fault was";
}

TEST_F(UnaryTest, AHedgeMayLoseItsAnswer) {
  serve({&one_, &two_});
  binding_.faults = &pools_->faults();
  know_latency();
  one_.answers = two_.answers = false;
  internal::RootCall root(env::os().now() + seconds(10));
  TaskGroup group(root);
  const int arrived_before = one_.arrived + two_.arrived;
  auto waiting = group.spawn([&](Call& branch) { return call(branch, get); });
  ASSERT_TRUE(eventually([&] { return one_.arrived + two_.arrived == arrived_before + 1; }));
  FakeServer& first = one_.peers.at(0)->open() == 1 ? one_ : two_;
  FakeServer& second = &first == &one_ ? two_ : one_;
  pools_->faults().set({faults::Rule{.id = 7, .delay = milliseconds(20), .ending = faults::Ending::reset}});
  ASSERT_TRUE(eventually([&] { return one_.arrived + two_.arrived == arrived_before + 2; })) << "it is late, and arrives";
  second.peers.at(0)->answer_one();
  ASSERT_TRUE(eventually([&] { return second.peers.at(0)->open() == 0; }));
  first.peers.at(0)->answer_one();
  EXPECT_TRUE(waiting.get().ok());
}

TEST_F(UnaryTest, ThereIsNoHedgeForWhatIsNotIdempotent) {
  serve({&one_, &two_});
  know_latency();
  for (int i = 0; i < 120; ++i) ASSERT_TRUE(call(add).ok());
  one_.answers = two_.answers = false;
  const int before = one_.arrived + two_.arrived;
  EXPECT_EQ(call(add, milliseconds(200)).code(), Code::deadline_exceeded);
  EXPECT_EQ(one_.arrived + two_.arrived, before + 1);
}

TEST_F(UnaryTest, AServerThatKeepsSilentIsPassedOverUntilItSpeaks) {
  serve_both_and_notice_silence();
  ASSERT_EQ(one_.connections(), 1u);
  one_.freeze();
  // A call that waits there makes it suspicious; then all go elsewhere.
  internal::RootCall root(env::os().now() + seconds(20));
  TaskGroup group(root);
  std::vector<Task<void>> waiting;
  for (int i = 0; i < 20; ++i) waiting.push_back(group.spawn([&](Call& branch) { return call(branch, add); }));
  turn();
  const env::Time began = env::os().now();
  while (env::os().now() < began + milliseconds(150)) turn();
  const int before = two_.answered;
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(call(get, milliseconds(500)).ok());
  EXPECT_EQ(two_.answered, before + 50);
  one_.thaw();
  for (auto& each : waiting) EXPECT_TRUE(each.get().ok());
  const int again = one_.answered;
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(call(get).ok());
    return one_.answered > again;
  }));
}

TEST_F(UnaryTest, AServerThatIsKilledWhileItStandsStillIsNoSlowerOnceItIsBack) {
  serve_both_and_notice_silence();
  one_.freeze();
  internal::RootCall root(env::os().now() + seconds(20));
  TaskGroup group(root);
  std::vector<Task<void>> waiting;
  for (int i = 0; i < 20; ++i) waiting.push_back(group.spawn([&](Call& branch) { return call(branch, add); }));
  const env::Time frozen = env::os().now();
  while (env::os().now() < frozen + milliseconds(300)) turn();
  one_.stop();
  for (auto& each : waiting) (void)each.get();
  one_.thaw();
  one_.start();
  const int before = one_.answered;
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(call(get).ok());
    return one_.answered > before;
  }));
}

TEST_F(UnaryTest, ACallToAServerThatIsSilentAndGoneIsMadeElsewhere) {
  Limits limits;
  limits.link.silence_time = milliseconds(50);
  limits.hedges_max = 0;
  learn(limits);
  serve({&one_});
  ASSERT_TRUE(call(get).ok());
  one_.freeze();
  internal::RootCall root(env::os().now() + seconds(20));
  TaskGroup group(root);
  Task<void> waiting = group.spawn([&](Call& branch) { return call(branch, get); });
  turn();
  serve({&two_});
  const env::Time began = env::os().now();
  EXPECT_TRUE(waiting.get().ok());
  EXPECT_LT(env::os().now() - began, seconds(10)) << "its deadline is later, and so is the sign of life that all others have";
  one_.thaw();
}

TEST_F(UnaryTest, TheFasterServerGetsMoreCalls) {
  serve({&one_, &two_});
  two_.delay = milliseconds(100);  // longer than a loaded machine lets anybody wait
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(call(add).ok());
  EXPECT_GT(one_.answered, 5 * two_.answered);
  EXPECT_GE(two_.answered, 1);
}

}  // namespace
}  // namespace holon::client
