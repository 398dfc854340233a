#include "control/host.h"

namespace holon::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class HostLifeTest : public testing::Test {
 protected:
  void start() {
    EXPECT_EQ(life_.due(now_), Step::spawn);
    life_.started(now_);
  }
  void end(const std::string& cause) { life_.ended(now_, {cause, cause == "exit code 0"}, 0); }

  env::Time now_{seconds(1000)};
  HostLife life_;
};

TEST_F(HostLifeTest, StartsAndBecomesReady) {
  EXPECT_EQ(life_.state(), HostState::starting);
  start();
  EXPECT_EQ(life_.due(now_), Step::none);
  life_.ready(now_);
  EXPECT_EQ(life_.state(), HostState::ready);
  EXPECT_EQ(life_.due(now_ + seconds(3600)), Step::none);
  EXPECT_EQ(life_.wake(), env::Time::max());
}

TEST_F(HostLifeTest, StartsAgainWithTheCauseNamed) {
  start();
  life_.ready(now_);
  now_ += seconds(60);
  end("signal 9 (Killed)");
  EXPECT_EQ(life_.state(), HostState::backing_off);
  EXPECT_EQ(life_.cause(), "signal 9 (Killed)");
  EXPECT_EQ(life_.restarts(), 1);
  start();  // at once
  end("exit code 1");
  EXPECT_EQ(life_.due(now_), Step::none);
  now_ = life_.wake();
  EXPECT_EQ(life_.due(now_), Step::spawn);
}

TEST_F(HostLifeTest, ACrashLoopIsFailedUntilItServesAgain) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_NE(life_.state(), HostState::failed);
    now_ = std::max(now_, life_.wake());
    start();
    end("exit code 1");
  }
  EXPECT_EQ(life_.state(), HostState::failed);
  now_ = life_.wake();
  start();
  EXPECT_EQ(life_.state(), HostState::failed);
  life_.ready(now_);
  EXPECT_EQ(life_.state(), HostState::ready);
}

TEST_F(HostLifeTest, KillsWhoIsNotReadyInTime) {
  start();
  now_ += seconds(30);
  EXPECT_EQ(life_.due(now_), Step::kill);
  EXPECT_EQ(life_.due(now_), Step::none);
  life_.ready(now_);  // too late
  EXPECT_EQ(life_.state(), HostState::stopping);
  end("signal 9 (Killed)");
  EXPECT_EQ(life_.cause(), "was not ready within 30 s and was killed: signal 9 (Killed)");
  EXPECT_EQ(life_.due(now_), Step::spawn);
}

TEST_F(HostLifeTest, DrainsThenKills) {
  start();
  life_.ready(now_);
  life_.stop(now_);
  EXPECT_EQ(life_.state(), HostState::stopping);
  EXPECT_EQ(life_.due(now_), Step::terminate);
  EXPECT_EQ(life_.due(now_ + milliseconds(9999)), Step::none);
  now_ = life_.wake();
  EXPECT_EQ(life_.due(now_), Step::kill);
  end("signal 9 (Killed)");
  EXPECT_TRUE(life_.stopped());
  EXPECT_FALSE(life_.ended_well());
  EXPECT_EQ(life_.due(now_ + seconds(3600)), Step::none);
}

TEST_F(HostLifeTest, AStopEndsWaitingAndAKillEndsDraining) {
  start();
  end("exit code 1");
  HostLife waiting = life_;
  waiting.stop(now_);
  EXPECT_TRUE(waiting.stopped());

  start();
  life_.stop(now_);
  EXPECT_EQ(life_.due(now_), Step::terminate);
  life_.kill(now_);
  EXPECT_EQ(life_.due(now_), Step::kill);
  EXPECT_EQ(life_.due(now_), Step::none);
}

TEST_F(HostLifeTest, ARestartDrainsAndStartsAnew) {
  start();
  life_.ready(now_);
  now_ += seconds(60);
  life_.restart(now_);
  EXPECT_EQ(life_.due(now_), Step::terminate);
  end("exit code 0");
  EXPECT_TRUE(life_.ended_well());
  EXPECT_EQ(life_.due(now_), Step::spawn);
}

TEST_F(HostLifeTest, ARestartThatSomebodyAskedForIsNoFailure) {
  for (int i = 0; i < 5; ++i) {
    start();
    life_.restart(now_);
    EXPECT_EQ(life_.due(now_), Step::terminate);
    end("exit code 0");
    EXPECT_EQ(life_.due(now_), Step::spawn);
  }
  EXPECT_EQ(life_.restarts(), 0);
  EXPECT_EQ(life_.state(), HostState::starting);
}

TEST_F(HostLifeTest, WhoIsNotWellIsStartedAnewAndTheCauseSaysSo) {
  start();
  life_.ready(now_);
  life_.unwell(now_, "failed health check: no answer");
  EXPECT_EQ(life_.due(now_), Step::terminate);
  now_ += seconds(1);
  EXPECT_EQ(life_.due(now_), Step::kill);  // who hangs does not end by itself
  end("signal 9 (Killed)");
  EXPECT_EQ(life_.cause(), "failed health check: no answer: signal 9 (Killed)");
  EXPECT_EQ(life_.restarts(), 1);

  start();
  life_.stop(now_);
  EXPECT_EQ(life_.due(now_), Step::terminate);
  EXPECT_EQ(life_.due(now_ + seconds(1)), Step::none);  // who is well has its whole drain time
}

TEST_F(HostLifeTest, WhoIsHeldHasItsTimeToBecomeReadyAnew) {
  start();
  now_ += seconds(29);
  life_.held(now_);
  EXPECT_EQ(life_.due(now_ + seconds(29)), Step::none);
  EXPECT_EQ(life_.due(now_ + seconds(30)), Step::kill);
  life_.held(now_);  // too late
  end("signal 9 (Killed)");
  EXPECT_THAT(life_.cause(), testing::StartsWith("was not ready within 30 s"));
}

TEST_F(HostLifeTest, WhatWasStoppedStartsAgainWhenToldTo) {
  start();
  life_.stop(now_);
  EXPECT_TRUE(life_.unwanted());
  EXPECT_EQ(life_.due(now_), Step::terminate);
  life_.start(now_);  // while it is still ending
  end("exit code 0");
  EXPECT_EQ(life_.due(std::max(now_, life_.wake())), Step::spawn);
  start();
  life_.stop(now_);
  (void)life_.due(now_);
  end("exit code 0");
  EXPECT_TRUE(life_.stopped());
  life_.start(now_);
  EXPECT_EQ(life_.due(now_), Step::spawn);
}

TEST_F(HostLifeTest, AHostTakenOverHasToAttachInTime) {
  life_.taken_over(now_);
  EXPECT_EQ(life_.due(now_), Step::none);
  EXPECT_TRUE(life_.running());
  EXPECT_EQ(life_.due(now_ + seconds(30)), Step::kill);
}

}  // namespace
}  // namespace holon::control
