// Requests to the replicas of a service, as the directory has them from moment to moment.
#include "gateway/proxy/replicas.h"

#include <optional>
#include <set>

#include "client/http_script_server.h"
#include "gateway/proxy/proxy.h"
#include "gateway/test_exchange.h"
#include "telemetry/metrics.h"

namespace holon::gateway {
namespace {

using client::ScriptServer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;
using testing::TestExchange;
using Peer = ScriptServer::Peer;
using std::chrono::milliseconds;

/// A replica that says its name to each request.
std::function<void(Peer&)> saying(std::string name) {
  return [name](Peer& peer) {
    while (!peer.head().empty()) peer.say_whole(name);
  };
}

/// One that can't just now, as it says with these headers.
std::function<void(Peer&)> saying_503(std::string headers) {
  return [headers](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 503 Service Unavailable\r\n" + headers + "Connection: close\r\nContent-Length: 0\r\n\r\n");
  };
}

void pause(env::Duration time) {
  fiber::Waiter waiter;
  waiter.wait(env::os().now() + time);
}

/// A replica that takes its time.
std::function<void(Peer&)> taking(milliseconds time) {
  return [time](Peer& peer) {
    while (!peer.head().empty()) {
      pause(time);
      peer.say_whole("late");
    }
  };
}

/// One that goes without a word, whatever it is asked.
void goes(Peer& peer) { peer.head(); }

class ReplicasTest : public ::testing::Test {
 protected:
  ReplicasTest() { make({}); }

  void make(const client::Limits& limits) {
    proxy_.reset();
    pools_.emplace(std::vector{&loop_}, limits);
    proxy_ = *Proxy::make({.service = "pages"}, {&loop_}, *pools_, std::chrono::minutes(1));
    hedges_before_ = 0;
    hedges_before_ = hedges();
  }

  static client::Endpoint at(std::string path) { return env::Address{env::Address::Kind::unix_path, std::move(path), 0}; }
  static client::Endpoint of(const ScriptServer& server) { return at(server.url().substr(std::string("http+unix:").size())); }
  void know(std::vector<client::Endpoint> endpoints) {
    client::Endpoints known;
    known.may_grow = true;
    known.services[client::http_endpoints_name("pages")] = std::move(endpoints);
    pools_->update(std::move(known));
  }
  void say(const client::SaidOfService& said) { pools_->heed({{client::http_endpoints_name("pages"), said}}); }
  std::uint64_t hedges() const {
    const std::uint32_t edge = *proxy_->edge();
    const auto repeats = telemetry::metrics().snapshot(edge, edge + 1).at(0).repeats;
    return repeats[static_cast<std::size_t>(telemetry::Repeat::hedge)] - hedges_before_;
  }
  TestExchange ask(const std::string& method = "GET", env::Duration patience = std::chrono::seconds(20)) {
    TestExchange exchange(testing::request(method, "/"));
    testing::VisitWorld world(exchange);
    internal::CallAccess::set_deadline(world.call, loop_.now() + patience);
    testing::visit(*proxy_, exchange, world);
    return exchange;
  }
  /// All that are given, in order.
  std::set<std::string> answers() {
    std::set<std::string> bodies;
    for (int i = 0; i < 40; ++i) bodies.insert(ask().body);
    return bodies;
  }
  void later(std::function<void()> work) {
    loop_.spawn([work = std::move(work)] {
      pause(milliseconds(20));
      work();
    });
  }

  fiber::Loop loop_{env::os(), 0};
  std::optional<client::Pools> pools_;
  std::unique_ptr<Proxy> proxy_;
  std::uint64_t hedges_before_ = 0;  ///< in other tests: the number is the same
};

TEST_F(ReplicasTest, AreAskedAsTheDirectoryHasThem) {
  ScriptServer a(loop_, saying("a")), b(loop_, saying("b"));
  know({of(a), of(b)});
  EXPECT_THAT(answers(), ElementsAre("a", "b"));
  know({of(b)});
  EXPECT_THAT(answers(), ElementsAre("b"));
}

TEST_F(ReplicasTest, NearOnesComeFirst) {
  ScriptServer a(loop_, saying("a")), b(loop_, saying("b"));
  client::Endpoint elsewhere = of(a);
  elsewhere.node = "another";
  know({elsewhere, of(b)});
  EXPECT_THAT(answers(), ElementsAre("b"));
  know({elsewhere});
  EXPECT_THAT(answers(), ElementsAre("a"));
}

TEST_F(ReplicasTest, WhoFailsMostRequestsIsLeftOutAndThatIsTold) {
  ScriptServer a(loop_, saying("a"));
  ScriptServer b(loop_, [](Peer& peer) {
    while (!peer.head().empty()) peer.say("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
  });
  know({of(a), of(b)});
  int failures = 0;
  for (int i = 0; i < 200; ++i) failures += ask().status == 500 ? 1 : 0;
  EXPECT_THAT(failures, AllOf(Ge(20), Le(22))) << "enough to judge by, and a try now and then";
  internal::RootCall call(loop_.now() + std::chrono::seconds(10));
  const client::Knowledge known = pools_->knowledge(call);
  const auto open = std::ranges::find_if(known.endpoints, [](const auto& each) { return each.trips > 0; });
  ASSERT_NE(open, known.endpoints.end());
  EXPECT_EQ(open->service, "pages");
  EXPECT_EQ(open->address, of(b).address.to_string());
  ASSERT_EQ(known.budgets.size(), 1u);
  EXPECT_EQ(known.budgets[0].service, "pages");
}

TEST_F(ReplicasTest, WhoCantBeReachedGivesWay) {
  ScriptServer a(loop_, saying("a"));
  know({at("/nowhere"), of(a)});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("POST").body, "a");
}

TEST_F(ReplicasTest, ARequestWaitsUntilThereIsOne) {
  ScriptServer a(loop_, saying("a"));
  know({});
  later([&] { know({of(a)}); });
  EXPECT_EQ(ask("POST").body, "a");
}

TEST_F(ReplicasTest, ARequestWaitsWhileNoneCanBeReached) {
  ScriptServer a(loop_, saying("a"));
  know({at("/nowhere")});
  later([&] { know({of(a)}); });
  EXPECT_EQ(ask("POST").body, "a");
}

TEST_F(ReplicasTest, NobodyWaitsLongerThanItsDeadline) {
  know({at("/nowhere")});
  const env::Time before = loop_.now();
  EXPECT_EQ(ask("GET", milliseconds(150)).status, 503);
  EXPECT_LT(loop_.now() - before, std::chrono::seconds(4));
}

TEST_F(ReplicasTest, WhatCanBeRepeatedGoesElsewhereWhenItsReplicaGoes) {
  ScriptServer ending(loop_, goes), a(loop_, saying("a"));
  know({of(ending), of(a)});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask().body, "a");
  EXPECT_GT(ending.accepted, 0);
}

TEST_F(ReplicasTest, WhatCantBeRepeatedDoesNot) {
  ScriptServer ending(loop_, goes), a(loop_, saying("a"));
  know({of(ending), of(a)});
  int lost = 0;
  for (int i = 0; i < 20; ++i) lost += ask("POST").status == 502 ? 1 : 0;
  EXPECT_EQ(lost, ending.accepted);
  EXPECT_GT(lost, 0);
}

TEST_F(ReplicasTest, WhoCantJustNowIsAskedElsewhereIfThatDoesNoHarm) {
  ScriptServer busy(loop_, saying_503("")), a(loop_, saying("a"));
  know({of(busy), of(a)});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask().body, "a");
  int refused = 0;
  for (int i = 0; i < 40; ++i) refused += ask("POST").status == 503 ? 1 : 0;
  EXPECT_GT(refused, 0);
}

TEST_F(ReplicasTest, AReplicaSaysWhenItMayBeAskedAgain) {
  ScriptServer busy(loop_, saying_503("Retry-After: 1\r\n"));
  know({of(busy)});
  const env::Time before = loop_.now();
  EXPECT_EQ(ask("GET", milliseconds(1900)).status, 503);
  EXPECT_GE(loop_.now() - before, std::chrono::seconds(1));
  EXPECT_EQ(busy.accepted, 2);
}

TEST_F(ReplicasTest, WhoeverIsToWaitLongerWaitsHimself) {
  ScriptServer busy(loop_, saying_503("Retry-After: 2\r\n"));
  know({of(busy)});
  const TestExchange exchange = ask();
  EXPECT_EQ(exchange.status, 503);
  EXPECT_EQ(exchange.header("retry-after"), "2");
  EXPECT_EQ(busy.accepted, 1);
}

TEST_F(ReplicasTest, WhatIsRepeatedIsPaidFromTheBudget) {
  client::Limits limits;
  limits.retry_budget = {.percent = 0, .per_second = 1};
  limits.retry_wait_first = std::chrono::nanoseconds(1);
  make(limits);
  ScriptServer busy(loop_, saying_503(""));
  know({of(busy)});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask().status, 503);
  EXPECT_THAT(busy.accepted, AllOf(Ge(6), Le(8))) << "five, the retry that is saved up, and one a second";
}

TEST_F(ReplicasTest, ALateAnswerIsAskedForElsewhereTooIfSomebodySaysWhen) {
  int left = 0;
  ScriptServer late(loop_, [&](Peer& peer) {
    peer.head();
    peer.wait_for_end();
    ++left;
  });
  ScriptServer a(loop_, saying("a"));
  know({of(late), of(a)});
  say({.calls = {.hedge_after = milliseconds(5)}});
  for (int i = 0; i < 20 || late.accepted == 0; ++i) EXPECT_EQ(ask().body, "a");
  EXPECT_GT(hedges(), 0u);
  const env::Time until = loop_.now() + std::chrono::seconds(10);
  while (left < late.accepted && loop_.now() < until) pause(milliseconds(1));
  EXPECT_EQ(left, late.accepted) << "the other attempt is cancelled";
}

TEST_F(ReplicasTest, WhatMustNotBeDoneTwiceIsNotHedged) {
  ScriptServer late(loop_, taking(milliseconds(30)));
  ScriptServer other(loop_, saying("other"));
  know({of(late), of(other)});
  say({.calls = {.hedge_after = milliseconds(5)}});
  std::set<std::string> answers;
  for (int i = 0; i < 200 && late.accepted == 0; ++i) answers.insert(ask("POST").body);
  EXPECT_TRUE(answers.contains("late"));
  EXPECT_EQ(hedges(), 0u);
}

TEST_F(ReplicasTest, AHedgeThatFailsLeavesTheFirstAttemptAlone) {
  ScriptServer late(loop_, taking(milliseconds(60)));
  ScriptServer busy(loop_, saying_503(""));
  know({of(late), of(busy)});
  say({.calls = {.hedge_after = milliseconds(5)}, .methods = {}, .retry_budget_percent = 100, .retry_budget_per_second = 10'000});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask().body, "late");
  EXPECT_GT(hedges(), 0u);
}

TEST_F(ReplicasTest, AHedgeAnswersThoughTheFirstAttemptsServerHasGone) {
  std::unique_ptr<ScriptServer> first;
  first = std::make_unique<ScriptServer>(loop_, [&](Peer& peer) {
    peer.head();
    peer.say_whole("first");
    peer.head();
    pause(milliseconds(30));
    first->stop();
  });
  know({of(*first)});
  EXPECT_EQ(ask().body, "first");
  ScriptServer late(loop_, taking(milliseconds(100)));
  client::Endpoint far = of(late);
  far.node = "another";
  know({of(*first), far});
  say({.calls = {.hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask().body, "late");
  EXPECT_EQ(hedges(), 1u);
}

TEST_F(ReplicasTest, AFailureBesideALateAnswerDoesNotWin) {
  ScriptServer late(loop_, taking(milliseconds(60)));
  ScriptServer failing(loop_, [](Peer& peer) {
    while (!peer.head().empty()) peer.say("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
  });
  client::Endpoint far = of(failing);
  far.node = "another";
  know({of(late), far});
  say({.calls = {.hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask().body, "late");
  EXPECT_EQ(hedges(), 1u);
}

TEST_F(ReplicasTest, AnAnswerComesBeforeNone) {
  ScriptServer gone(loop_, [](Peer& peer) {
    peer.head();
    pause(milliseconds(60));
  });
  ScriptServer busy(loop_, saying_503("Retry-After: 9\r\n"));
  client::Endpoint far = of(busy);
  far.node = "another";
  know({of(gone), far});
  say({.calls = {.attempts_max = 2, .hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask().status, 503);
}

TEST_F(ReplicasTest, AnAttemptThatLostKeepsNothingWhileTheOtherAnswers) {
  bool left = false;
  ScriptServer late(loop_, [&](Peer& peer) {
    peer.head();
    peer.wait_for_end();
    left = true;
  });
  ScriptServer slow(loop_, [&](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
    for (int i = 0; i < 1000 && !left; ++i) pause(milliseconds(5));
    peer.say(left ? "left" : "held");
  });
  client::Endpoint far = of(slow);
  far.node = "another";
  know({of(late), far});
  say({.calls = {.hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask().body, "left");
}

TEST_F(ReplicasTest, ARateLimitBesideALateAnswerDoesNotWin) {
  ScriptServer late(loop_, taking(milliseconds(60)));
  ScriptServer limited(loop_, [](Peer& peer) {
    while (!peer.head().empty()) peer.say("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n");
  });
  client::Endpoint far = of(limited);
  far.node = "another";
  know({of(late), far});
  say({.calls = {.hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask().body, "late");
}

TEST_F(ReplicasTest, WhoEndsOneReplicaBesideABusyOneEndsOneMoreAtMost) {
  const auto goes_late = [](Peer& peer) {
    peer.head();
    pause(milliseconds(40));
  };
  ScriptServer a(loop_, goes_late), b(loop_, goes_late), c(loop_, goes_late), busy(loop_, saying_503(""));
  know({of(a), of(b), of(c), of(busy)});
  say({.calls = {.hedge_after = milliseconds(5)}, .methods = {}, .retry_budget_percent = 100, .retry_budget_per_second = 10'000});
  for (int i = 0; i < 10; ++i) {
    const int before = a.accepted + b.accepted + c.accepted;
    ask();
    EXPECT_LE(a.accepted + b.accepted + c.accepted, before + 2);
  }
}

TEST_F(ReplicasTest, AHedgedRequestThatEndsReplicasEndsTwoAtMost) {
  const auto goes_late = [](Peer& peer) {
    peer.head();
    pause(milliseconds(40));
  };
  ScriptServer a(loop_, goes_late), b(loop_, goes_late), c(loop_, goes_late), d(loop_, goes_late);
  know({of(a), of(b), of(c), of(d)});
  say({.calls = {.hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask().status, 502);
  EXPECT_EQ(a.accepted + b.accepted + c.accepted + d.accepted, 2);
}

TEST_F(ReplicasTest, WhatIsDeletedTwiceIsNotHedged) {
  ScriptServer late(loop_, taking(milliseconds(30))), too(loop_, taking(milliseconds(30)));
  know({of(late), of(too)});
  say({.calls = {.hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask("DELETE").body, "late");
  EXPECT_EQ(hedges(), 0u);
}

TEST_F(ReplicasTest, AHedgeIsAnAttemptAndPaidForAsSuch) {
  ScriptServer late(loop_, taking(milliseconds(20)));
  ScriptServer too(loop_, taking(milliseconds(20)));
  know({of(late), of(too)});
  say({.calls = {.attempts_max = 1, .hedge_after = milliseconds(2)}});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask().body, "late");
  EXPECT_EQ(hedges(), 0u) << "there is one attempt";
  say({.calls = {.hedge_after = milliseconds(2)}, .methods = {}, .retry_budget_percent = 0, .retry_budget_per_second = 1});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask().body, "late");
  EXPECT_LE(hedges(), 3u) << "what was saved up, and one a second";
}

TEST_F(ReplicasTest, WhatIsSaidOfTheServiceHoldsFromThenOn) {
  ScriptServer busy(loop_, saying_503(""));
  know({of(busy)});
  say({.calls = {.attempts_max = 1}});
  EXPECT_EQ(ask().status, 503);
  EXPECT_EQ(busy.accepted, 1);
  say({.calls = {.attempts_max = 2}});
  EXPECT_EQ(ask().status, 503);
  EXPECT_EQ(busy.accepted, 3);
}

TEST_F(ReplicasTest, WhichOneTakesARequestMayBeSaid) {
  ScriptServer a(loop_, saying("a")), b(loop_, saying("b"));
  know({of(a), of(b)});
  ask();
  say({.calls = {}, .methods = {}, .retry_budget_percent = {}, .retry_budget_per_second = {}, .balance = client::Balance::round_robin});
  std::string last = ask().body;
  for (int i = 0; i < 20; ++i) {
    const std::string next = ask().body;
    EXPECT_NE(next, last);
    last = next;
  }
}

TEST_F(ReplicasTest, ARequestThatEndsReplicasEndsTwoAtMost) {
  ScriptServer a(loop_, goes), b(loop_, goes), c(loop_, goes);
  know({of(a), of(b), of(c)});
  EXPECT_EQ(ask().status, 502);
  EXPECT_EQ(a.accepted + b.accepted + c.accepted, 2);
}

}  // namespace
}  // namespace holon::gateway
