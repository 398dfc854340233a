#include <set>
#include <thread>

#include "fiber/call.h"
#include "fiber/loop.h"
#include "fiber/timer_heap.h"
#include "fiber/waiter.h"
#include "fiber/watchdog.h"

namespace holon::fiber {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

env::Time in(env::Duration duration) { return env::os().now() + duration; }

class FiberTest : public testing::Test {
 protected:
  /// Runs `body` on a fiber to its end.
  void run(std::function<void()> body) {
    Waiter done;
    loop_.spawn([&] {
      body();
      done.wake();
    });
    ASSERT_EQ(done.wait(in(seconds(20))), Wake::woken);
  }

  Loop loop_{env::os(), 0};
};

// What comes in after a long silence is timed from when it came, not from when the silence began.
TEST_F(FiberTest, WhoIsToldOfSomethingFindsTheTimeAtWhichTheLoopWoke) {
  struct Incoming : env::Watcher {
    explicit Incoming(Loop& on) : loop(on) {}
    void ready(bool, bool) override {
      told_at = loop.now();
      told.wake();
    }
    Loop& loop;
    Waiter told;
    env::Time told_at{};
  } incoming(loop_);
  auto listener = loop_.reactor().listen(*env::Address::parse("127.0.0.1:0"));
  ASSERT_TRUE(listener.ok()) << listener.error().to_string();
  (*listener)->watch(incoming);
  env::Time connecting{};
  std::thread peer([&, address = (*listener)->address()] {
    while (!loop_.idle()) std::this_thread::yield();
    Loop own(env::os(), 1);
    connecting = env::os().now();
    EXPECT_TRUE(own.reactor().connect(address).ok());  // the kernel takes it, though nobody accepts
  });
  EXPECT_EQ(incoming.told.wait(in(seconds(20))), Wake::woken);
  peer.join();
  EXPECT_GE(incoming.told_at, connecting);
}

TEST_F(FiberTest, RunsWhatIsSpawnedInOrder) {
  std::string order;
  run([&] {
    loop_.spawn([&] { order += 'b'; });
    loop_.spawn([&] { order += 'c'; });
    order += 'a';
    yield();
    order += 'd';
  });
  EXPECT_EQ(order, "abcd");
}

TEST_F(FiberTest, AWakeBeforeTheWaitIsNotLost) {
  run([] {
    Waiter waiter;
    waiter.wake();
    EXPECT_EQ(waiter.wait(), Wake::woken);
    EXPECT_EQ(waiter.wait(in(milliseconds(1))), Wake::late);
  });
}

TEST_F(FiberTest, AWaitEndsAtItsDeadlineAndWithItsScope) {
  internal::Scope outer;
  internal::Scope inner(outer);
  Wake how = Wake::woken;
  Waiter done;
  loop_.spawn([&] {
    Waiter waiter;
    how = waiter.wait(in(seconds(60)), &inner);
    EXPECT_EQ(waiter.wait(in(seconds(60)), &inner), Wake::cancelled);
    done.wake();
  });
  loop_.spawn([&] { outer.cancel(); });
  EXPECT_EQ(done.wait(in(seconds(5))), Wake::woken);
  EXPECT_EQ(how, Wake::cancelled);
  internal::Scope late(outer);
  EXPECT_TRUE(late.cancelled());
}

TEST_F(FiberTest, TimersFireInOrderAndCanBeStopped) {
  std::string fired;
  Timer a([&] { fired += 'a'; }), b([&] { fired += 'b'; }), c([&] { fired += 'c'; });
  env::Time now = env::os().now();
  c.start(now + milliseconds(3));
  a.start(now + milliseconds(1));
  b.start(now + milliseconds(2));
  b.stop();
  Waiter waiter;
  EXPECT_EQ(waiter.wait(now + milliseconds(5)), Wake::late);
  EXPECT_EQ(fired, "ac");
}

TEST(TimerHeap, FiresInOrderWhateverIsRemoved) {
  struct Entry : Due {
    void due() override { order->push_back(at); }
    std::vector<int>* order = nullptr;
    int at = 0;
  };
  std::uint64_t state = 1;
  auto random = [&](int below) { return static_cast<int>((state = state * 6364136223846793005u + 1442695040888963407u) >> 33) % below; };
  for (int round = 0; round < 50; ++round) {
    TimerHeap heap;
    std::vector<int> order;
    std::vector<std::unique_ptr<Entry>> entries;
    std::multiset<int> expected;
    for (int i = 0; i < 200; ++i) {
      auto entry = std::make_unique<Entry>();
      entry->order = &order;
      entry->at = random(1000);
      heap.add(*entry, env::Time(milliseconds(entry->at)));
      expected.insert(entry->at);
      entries.push_back(std::move(entry));
      if (random(3) == 0) {
        std::size_t victim = static_cast<std::size_t>(random(static_cast<int>(entries.size())));
        expected.erase(expected.find(entries[victim]->at));
        entries.erase(entries.begin() + static_cast<long>(victim));
      }
    }
    heap.fire(env::Time(milliseconds(1000)));
    EXPECT_EQ(order, std::vector<int>(expected.begin(), expected.end()));
  }
}

TEST_F(FiberTest, ExceptionsStayWithTheirFiber) {
  std::string caught;
  auto thrower = [&](std::string name) {
    return [&caught, name] {
      try {
        throw std::runtime_error(name);
      } catch (const std::exception&) {
        yield();  // suspended inside a catch block
        try {
          throw;
        } catch (const std::exception& again) {
          caught += again.what();
        }
      }
    };
  };
  run([&] {
    loop_.spawn(thrower("x"));
    loop_.spawn(thrower("y"));
    thrower("z")();
    yield();
    yield();
  });
  EXPECT_EQ(caught, "zxy");
}

TEST_F(FiberTest, WorkIsPostedFromOtherThreads) {
  Waiter waiter;
  std::thread other([&] { loop_.post([&] { waiter.wake(); }); });
  EXPECT_EQ(waiter.wait(in(seconds(5))), Wake::woken);
  other.join();
}

TEST_F(FiberTest, TwoLoopsPassABallToAndFro) {
  Loop* other = nullptr;
  std::atomic<bool> up{false};
  std::thread thread([&] {
    Loop mine(env::os(), 1);
    other = &mine;
    up = true;
    mine.run();
  });
  while (!up) std::this_thread::yield();
  int bounces = 0;
  Waiter done;
  std::function<void()> there, back;
  there = [&] { loop_.post(back); };
  back = [&] { ++bounces == 1000 ? done.wake() : other->post(there); };
  other->post(there);
  EXPECT_EQ(done.wait(in(seconds(20))), Wake::woken);
  EXPECT_EQ(bounces, 1000);
  other->stop();
  thread.join();
}

TEST_F(FiberTest, StacksAreReused) {
  std::set<void*> seen;
  for (int i = 0; i < 100; ++i) {
    run([&] { seen.insert(__builtin_frame_address(0)); });
  }
  EXPECT_LE(seen.size(), 2u);
  EXPECT_EQ(loop_.fibers(), 0u);
}

TEST_F(FiberTest, DeferredHooksRunOncePerTurnAfterTheFibers) {
  struct Hook : TurnEnd {
    void turn_ended() override { ++times; }
    int times = 0;
  } hook;
  run([&] {
    loop_.defer(hook);
    loop_.defer(hook);
    EXPECT_EQ(hook.times, 0);
    yield();
    EXPECT_EQ(hook.times, 1);
  });
}

[[gnu::noinline]] int recurse(int depth) {
  volatile char frame[1024];
  frame[0] = static_cast<char>(depth);
  int below = depth > 0 ? recurse(depth - 1) : 0;
  return below + frame[0];
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(HOLON_SANITIZE_THREAD)
TEST(FiberDeathTest, AnOverflowIsNamed) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  static constexpr std::string_view method = "shop.Cart/GetCart";
  EXPECT_DEATH(
      {
        Loop loop(env::os(), 0);
        loop.spawn([&] {
          loop.name_running(&method);
          recurse(100'000);
        });
        Waiter().wait(in(seconds(5)));
      },
      "fiber stack overflow in shop.Cart/GetCart");
}
#endif

TEST(Watchdog, NamesTheMethodThatHoldsItsLoop) {
  Loop loop(env::os(), 0);
  static constexpr std::string_view method = "shop.Cart/GetCart";
  std::atomic<bool> told{false};
  std::string named;
  Watchdog watchdog(env::os(), {&loop}, milliseconds(10), [&](std::string_view what, unsigned index, env::Duration) {
    named = std::string(what) + "@" + std::to_string(index);
    told = true;
  });
  Waiter done;
  loop.spawn([&] {
    loop.name_running(&method);
    env::Time until = in(seconds(10));
    while (!told && env::os().now() < until) {
    }
    done.wake();
  });
  EXPECT_EQ(done.wait(in(seconds(20))), Wake::woken);
  ASSERT_TRUE(told);
  EXPECT_EQ(named, "shop.Cart/GetCart@0");
}

TEST(Watchdog, SleepsWhileItsLoopsAreIdleAndIsThereWhenTheyAreNot) {
  Loop loop(env::os(), 0);
  std::atomic<int> told{0};
  Watchdog watchdog(env::os(), {&loop}, milliseconds(10), [&](std::string_view, unsigned, env::Duration) { ++told; });
  Waiter idle;
  idle.wait(in(milliseconds(300)));
  EXPECT_LT(watchdog.looks(), 10u) << "it looked every 5 ms";
  Waiter done;
  loop.spawn([&] {
    for (env::Time until = in(seconds(10)); told == 0 && env::os().now() < until;) {
    }
    done.wake();
  });
  EXPECT_EQ(done.wait(in(seconds(20))), Wake::woken);
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace holon::fiber
