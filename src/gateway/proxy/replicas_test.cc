// Requests to the replicas of a service, as the directory has them from moment to moment.
#include "gateway/proxy/replicas_world.h"

namespace holon::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;

TEST_F(ReplicasTest, AreAskedAsTheDirectoryHasThem) {
  ScriptServer a(loop_, saying("a")), b(loop_, saying("b"));
  know({of(a), of(b)});
  EXPECT_THAT(answers(), ElementsAre("a", "b"));
  know({of(b)});
  EXPECT_THAT(answers(), ElementsAre("b"));
}

TEST_F(ReplicasTest, NearOnesComeFirst) {
  ScriptServer a(loop_, saying("a")), b(loop_, saying("b"));
  know({far(a), of(b)});
  EXPECT_THAT(answers(), ElementsAre("b"));
  know({far(a)});
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
