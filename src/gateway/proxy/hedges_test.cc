// Requests whose answer is late, and what is asked beside them.
#include "gateway/proxy/replicas_world.h"

namespace holon::gateway {
namespace {

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
  know({of(*first), far(late)});
  say({.calls = {.hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask().body, "late");
  EXPECT_EQ(hedges(), 1u);
}

TEST_F(ReplicasTest, AFailureBesideALateAnswerDoesNotWin) {
  ScriptServer late(loop_, taking(milliseconds(60)));
  ScriptServer failing(loop_, [](Peer& peer) {
    while (!peer.head().empty()) peer.say("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
  });
  know({of(late), far(failing)});
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
  know({of(gone), far(busy)});
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
  know({of(late), far(slow)});
  say({.calls = {.hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask().body, "left");
}

TEST_F(ReplicasTest, ARateLimitBesideALateAnswerDoesNotWin) {
  ScriptServer late(loop_, taking(milliseconds(60)));
  ScriptServer limited(loop_, [](Peer& peer) {
    while (!peer.head().empty()) peer.say("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n");
  });
  know({of(late), far(limited)});
  say({.calls = {.hedge_after = milliseconds(5)}});
  EXPECT_EQ(ask().body, "late");
}

TEST_F(ReplicasTest, WhoEndsOneReplicaBesideABusyOneEndsOneMoreAtMost) {
  int ended = 0;
  const auto goes_late = [&](Peer& peer) {
    ended += peer.head().starts_with("GET") ? 1 : 0;  // and not the question whether it lives
    pause(milliseconds(40));
  };
  ScriptServer a(loop_, goes_late), b(loop_, goes_late), c(loop_, goes_late), busy(loop_, saying_503(""));
  know({of(a), of(b), of(c), of(busy)});
  say({.calls = {.hedge_after = milliseconds(5)}, .methods = {}, .retry_budget_percent = 100, .retry_budget_per_second = 10'000});
  for (int i = 0; i < 10; ++i) {
    const int before = ended;
    ask();
    EXPECT_LE(ended, before + 2);
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

}  // namespace
}  // namespace holon::gateway
