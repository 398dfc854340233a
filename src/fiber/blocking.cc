#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "fiber/blocking.h"
#include "fiber/call.h"
#include "holon/task.h"

namespace holon::internal {
namespace {

// Threads for code that blocks one: started when all are busy, kept for the next.
class BlockingPool {
 public:
  static constexpr std::size_t threads_max = 64;
  static constexpr std::size_t queued_max = 1024;

  bool submit(std::function<void()> work) {
    std::lock_guard lock(mutex_);
    if (queue_.size() >= queued_max) return false;
    queue_.push_back(std::move(work));
    if (idle_ < queue_.size() && threads_ < threads_max) {
      ++threads_;
      std::thread([this] { run(); }).detach();
    }
    ready_.notify_one();
    return true;
  }

 private:
  [[noreturn]] void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      ready_.wait(lock, [this] { return !queue_.empty(); });
      --idle_;
      std::function<void()> work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> queue_;
  std::size_t idle_ = 0;
  std::size_t threads_ = 0;
};

BlockingPool& pool() {
  static BlockingPool* process_wide = new BlockingPool;  // its threads outlive main
  return *process_wide;
}

}  // namespace
}  // namespace holon::internal

namespace holon::fiber {

bool run_on_thread(std::function<void()> work) { return internal::pool().submit(std::move(work)); }

}  // namespace holon::fiber

namespace holon::internal {

Result<void> run_blocking(Call& call, std::function<void()> work) {
  HOLON_TRY(call.check());
  fiber::Waiter waiter;
  fiber::Loop& loop = *fiber::Loop::current();
  std::exception_ptr thrown;
  bool queued = pool().submit([&] {
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
    loop.post([&waiter] { waiter.wake(); });
  });
  if (!queued) return resource_exhausted("1,024 blocking() calls are waiting for a thread; block less, or elsewhere");
  waiter.wait();  // whatever happens: `work` borrows from this stack
  if (thrown != nullptr) std::rethrow_exception(thrown);
  return call.check();
}

}  // namespace holon::internal
