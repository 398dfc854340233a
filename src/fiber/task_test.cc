#include "holon/task.h"

#include <thread>

#include "fiber/call.h"

namespace holon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class TaskTest : public testing::Test {
 protected:
  fiber::Loop loop_{env::os(), 0};
  internal::RootCall call_{env::os().now() + seconds(20)};
};

TEST_F(TaskTest, BranchesRunConcurrentlyAndGiveTheirResults) {
  TaskGroup group(call_);
  fiber::Waiter first_waits;
  auto one = group.spawn([&](Call& branch) -> Result<int> {
    HOLON_TRY(fiber::wait(first_waits, branch));
    return 1;
  });
  auto two = group.spawn([&](Call&) -> Result<std::string> {
    first_waits.wake();
    return std::string("two");
  });
  EXPECT_EQ(*one.get(), 1);
  EXPECT_EQ(*two.get(), "two");
}

TEST_F(TaskTest, TheGroupsEndCancelsAndJoins) {
  std::string ended;
  {
    TaskGroup group(call_);
    auto task = group.spawn([&](Call& branch) -> Result<void> {
      Result<void> slept = sleep(branch, seconds(60));
      ended = slept.ok() ? "slept" : std::string(code_name(slept.code()));
      return slept;
    });
    fiber::Waiter turn;
    turn.wait(env::os().now() + milliseconds(1));
  }
  EXPECT_EQ(ended, "CANCELLED");
}

TEST_F(TaskTest, AWaitForWhatBelongsToTheOuterCallEndsWithTheBranch) {
  fiber::Waiter never;
  Code ended = Code::ok;
  {
    TaskGroup outer(call_);
    auto task = outer.spawn([&](Call& call) -> Result<void> {
      TaskGroup inner(call);
      auto waiting = inner.spawn([&](Call&) -> Result<void> { return fiber::wait(never, call_); });
      inner.cancel();
      ended = waiting.get().code();
      return fiber::wait(never, call_);
    });
    fiber::Waiter turn;
    turn.wait(env::os().now() + milliseconds(1));
    EXPECT_EQ(ended, Code::cancelled);
  }
  EXPECT_TRUE(call_.check().ok()) << "the call itself goes on";
}

TEST_F(TaskTest, AnExceptionBecomesInternal) {
  TaskGroup group(call_);
  auto task = group.spawn([](Call&) -> Result<int> { throw std::runtime_error("no"); });
  EXPECT_EQ(task.get().code(), Code::internal);
}

TEST_F(TaskTest, GetEndsWithItsCall) {
  internal::RootCall brief(env::os().now() + milliseconds(5));
  TaskGroup group(brief);
  auto task = group.spawn([](Call& branch) -> Result<void> { return sleep(branch, seconds(60)); });
  EXPECT_EQ(task.get().code(), Code::deadline_exceeded);
}

TEST_F(TaskTest, CancellingTheRootReachesTheBranches) {
  TaskGroup group(call_);
  TaskGroup* inner = nullptr;
  auto task = group.spawn([&](Call& branch) -> Result<void> {
    TaskGroup nested(branch);
    inner = &nested;
    auto deep = nested.spawn([](Call& b) -> Result<void> { return sleep(b, seconds(60)); });
    return deep.get();
  });
  auto canceller = group.spawn([&](Call&) -> Result<void> {
    call_.cancel();
    return {};
  });
  fiber::Waiter turn;
  turn.wait(env::os().now() + milliseconds(5));
  EXPECT_TRUE(call_.cancelled());
  group.cancel();
}

TEST_F(TaskTest, BlockingGivesTheLoopToOthers) {
  TaskGroup group(call_);
  std::atomic<bool> other_ran{false};
  auto blocked = group.spawn([&](Call& branch) -> Result<int> {
    return blocking(branch, [&] {
      while (!other_ran) std::this_thread::yield();
      return 7;
    });
  });
  auto other = group.spawn([&](Call&) -> Result<void> {
    other_ran = true;
    return {};
  });
  EXPECT_EQ(*blocked.get(), 7);
}

TEST_F(TaskTest, BlockingPassesErrorsAndExceptionsOn) {
  EXPECT_EQ(blocking(call_, []() -> Result<int> { return not_found("x"); }).code(), Code::not_found);
  EXPECT_THROW((void)blocking(call_, [] { throw std::runtime_error("x"); }), std::runtime_error);
  EXPECT_TRUE(blocking(call_, [] {}).ok());
}

TEST_F(TaskTest, TheMutexIsFairAndHeldOverASuspension) {
  Mutex mutex;
  std::string order;
  TaskGroup group(call_);
  std::vector<Task<void>> tasks;
  for (char name : {'a', 'b', 'c'}) {
    tasks.push_back(group.spawn([&, name](Call& branch) -> Result<void> {
      Mutex::Guard guard = HOLON_TRY(mutex.lock(branch));
      order += name;
      HOLON_TRY(sleep(branch, milliseconds(1)));
      order += name;
      return {};
    }));
  }
  for (auto& task : tasks) EXPECT_TRUE(task.get().ok());
  EXPECT_EQ(order, "aabbcc");
}

TEST_F(TaskTest, TheMutexGivesUpWithItsCall) {
  Mutex mutex;
  auto guard = mutex.lock(call_);
  ASSERT_TRUE(guard.ok());
  internal::RootCall brief(env::os().now() + milliseconds(2));
  EXPECT_EQ(mutex.lock(brief).code(), Code::deadline_exceeded);
}

TEST_F(TaskTest, TheMutexExcludesAcrossLoops) {
  Mutex mutex;
  int counter = 0;
  auto work = [&](Call& call) {
    for (int i = 0; i < 500; ++i) {
      auto guard = mutex.lock(call);
      ASSERT_TRUE(guard.ok());
      int read = counter;
      if (i % 50 == 0) EXPECT_TRUE(sleep(call, std::chrono::microseconds(10)).ok());
      counter = read + 1;
    }
  };
  std::thread other([&] {
    fiber::Loop loop(env::os(), 1);
    internal::RootCall call(env::os().now() + seconds(20));
    work(call);
  });
  work(call_);
  // The other thread's unlock posts to this loop: turn until it is done.
  std::atomic<bool> joined{false};
  std::thread joiner([&] {
    other.join();
    joined = true;
  });
  while (!joined) {
    fiber::Waiter turn;
    turn.wait(env::os().now() + milliseconds(1));
  }
  joiner.join();
  EXPECT_EQ(counter, 1000);
}

}  // namespace
}  // namespace holon
