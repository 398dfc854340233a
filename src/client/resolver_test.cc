#include "client/resolver.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

#include "env/names.h"
#include "env/real_world.h"
#include "fiber/call.h"
#include "holon/task.h"

namespace holon::client {
namespace {

using testing::ElementsAre;
using Addresses = std::vector<std::string>;

/// The real world, with a clock that can be set and a resolver that says what it is told.
class NamedWorld final : public env::RealWorld, private env::Names {
 public:
  env::Time now() override { return env::os().now() + env::Duration(shift.load()); }
  env::Names& names() override { return *this; }

  void say(const std::string& host, Result<Addresses> found) {
    std::lock_guard lock(mutex_);
    known_.insert_or_assign(host, std::move(found));
  }
  /// The resolver says nothing until it is let go.
  void hang(bool hangs) {
    std::lock_guard lock(mutex_);
    hangs_ = hangs;
    let_go_.notify_all();
  }

  std::atomic<std::int64_t> shift{0};  ///< nanoseconds
  std::atomic<int> asked{0};

 private:
  Result<env::NameRecords> records(const std::string&, const std::string&) override { return unavailable("nobody asks"); }
  Result<Addresses> addresses(const std::string& host) override {
    std::unique_lock lock(mutex_);
    ++asked;
    let_go_.wait(lock, [this] { return !hangs_; });
    const auto found = known_.find(host);
    return found != known_.end() ? found->second : Result<Addresses>(not_found("there is no host " + host));
  }

  std::mutex mutex_;
  std::condition_variable let_go_;
  bool hangs_ = false;
  std::map<std::string, Result<Addresses>> known_;
};

class ResolverTest : public testing::Test {
 protected:
  Result<Addresses> find(const std::string& host, std::chrono::milliseconds most = std::chrono::seconds(10)) {
    internal::RootCall call(world().now() + std::chrono::minutes(1));
    return resolver_.addresses(call, host, world().now() + most);
  }
  NamedWorld& world() { return *world_; }
  void pass(env::Duration time) {
    world().shift += time.count();
    fiber::Waiter waiter;
    loop_.post([&] { waiter.wake(); });
    waiter.wait();  // a turn, so that the loop knows the time
  }

  /// It outlives the threads that ask it, and so is never destroyed.
  static NamedWorld* make_world() {
    static auto* const all = new std::vector<NamedWorld*>;
    return all->emplace_back(new NamedWorld);
  }

  NamedWorld* world_ = make_world();
  fiber::Loop loop_{*world_, 0};
  Resolver resolver_{loop_};
};

TEST_F(ResolverTest, AnAddressIsItsOwn) {
  EXPECT_THAT(*find("192.0.2.7"), ElementsAre("192.0.2.7"));
  EXPECT_THAT(*find("2001:db8::1"), ElementsAre("2001:db8::1"));
  EXPECT_EQ(world().asked, 0);
}

TEST_F(ResolverTest, WhatWasFoundIsGoodForAWhile) {
  world().say("shop", Addresses{"2001:db8::1", "192.0.2.7"});
  for (int i = 0; i < 3; ++i) EXPECT_THAT(*find("shop"), ElementsAre("2001:db8::1", "192.0.2.7"));
  EXPECT_EQ(world().asked, 1);
  world().say("shop", Addresses{"192.0.2.8"});
  pass(std::chrono::seconds(31));
  EXPECT_THAT(*find("shop"), ElementsAre("192.0.2.8"));
}

TEST_F(ResolverTest, AFailureIsForgottenSoon) {
  EXPECT_EQ(find("shop").code(), Code::not_found);
  EXPECT_EQ(find("shop").code(), Code::not_found);
  EXPECT_EQ(world().asked, 1);
  world().say("shop", Addresses{"192.0.2.7"});
  pass(std::chrono::milliseconds(1100));
  EXPECT_THAT(*find("shop"), ElementsAre("192.0.2.7"));
}

TEST_F(ResolverTest, WhileTheResolverFailsTheOldIsGood) {
  world().say("shop", Addresses{"192.0.2.7"});
  ASSERT_TRUE(find("shop").ok());
  world().say("shop", unavailable("no network"));
  pass(std::chrono::seconds(31));
  EXPECT_THAT(*find("shop"), ElementsAre("192.0.2.7"));
  world().say("shop", not_found("gone"));
  pass(std::chrono::seconds(31));
  EXPECT_EQ(find("shop").code(), Code::not_found);
}

TEST_F(ResolverTest, AllWhoWaitAskOnce) {
  world().say("shop", Addresses{"192.0.2.7"});
  internal::RootCall call(world().now() + std::chrono::minutes(1));
  TaskGroup group(call);
  for (int i = 0; i < 50; ++i) {
    group.spawn([&](Call& branch) -> Result<void> {
      EXPECT_TRUE(resolver_.addresses(branch, "shop", world().now() + std::chrono::seconds(10)).ok());
      return {};
    });
  }
  ASSERT_TRUE(group.wait().ok());
  EXPECT_EQ(world().asked, 1);
}

TEST_F(ResolverTest, AResolverThatHangsHoldsNobodyUp) {
  world().hang(true);
  const auto found = find("shop", std::chrono::milliseconds(20));
  EXPECT_EQ(found.code(), Code::unavailable);
  {
    Resolver gone(loop_);
    internal::RootCall call(world().now() + std::chrono::milliseconds(20));
    EXPECT_EQ(gone.addresses(call, "shop", env::Time::max()).code(), Code::deadline_exceeded);
  }
  world().hang(false);
  EXPECT_EQ(find("shop").code(), Code::not_found);
}

}  // namespace
}  // namespace holon::client
