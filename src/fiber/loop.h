// Loop: one per thread. It waits for the world, runs the fibers that became runnable, then lets what gathered be written.
//
//   fiber::Loop loop(env::os(), 0);
//   loop.spawn([&] { serve(connection); });    // a fiber: may suspend
//   loop.run();
//
// Fibers are pinned to their loop. Everything but `post`, `stop` and `queue_delay` belongs to the loop's thread. A thread
// that is no fiber may wait too: then the loop turns inside that wait (how tests and plain programs call services).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "env/environment.h"
#include "env/reactor.h"
#include "fiber/list.h"

namespace holon::fiber {

class Fiber;
class StackPool;
class TimerHeap;
class Waiter;

/// Asked once at the end of the turn in which it was deferred.
class TurnEnd : public ListNode<TurnEnd> {
 public:
  virtual ~TurnEnd() = default;
  virtual void turn_ended() = 0;
};

/// A function at a point of time, on the loop's thread. Destroying it cancels it.
class Timer {
 public:
  explicit Timer(std::function<void()> fire) : fire_(std::move(fire)) {}
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void start(env::Time at);
  void stop();
  bool running() const { return loop_ != nullptr; }

 private:
  friend class Loop;
  friend class TimerHeap;
  std::function<void()> fire_;
  env::Time at_{};
  std::size_t place_ = 0;  ///< in the heap
  class Loop* loop_ = nullptr;
};

class Loop {
 public:
  /// @param index  0, 1, …: which slot of per-loop arrays is this loop's
  Loop(env::Environment& environment, unsigned index);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// The loop of this thread, or null.
  static Loop* current();

  /// Turns until `stop`.
  void run();
  /// Ends `run`. Any thread.
  void stop();

  /// Starts a fiber of this loop, before the turn's end.
  void spawn(std::function<void()> body);
  /// Runs `work` on the loop's thread soon; it must not suspend. Any thread.
  void post(std::function<void()> work);
  /// Calls `hook.turn_ended()` when all that is runnable has run; once, however often it is asked.
  void defer(TurnEnd& hook);

  env::Environment& environment() { return environment_; }
  env::Reactor& reactor() { return *reactor_; }
  unsigned index() const { return index_; }
  /// Time as of this turn's start: cheap, and as precise as a turn is short.
  env::Time now() const { return now_; }
  /// Fibers that live on this loop.
  std::size_t fibers() const { return fibers_; }
  /// Whether nothing was runnable when it last looked. Any thread.
  bool idle() const { return idle_.load(std::memory_order_relaxed); }

  /// What the watchdog reads: since when the running fiber has not given way (0: none runs), and what it is called.
  struct Watch {
    std::atomic<std::int64_t> running_since_ns{0};
    std::atomic<const std::string_view*> method{nullptr};
  };
  Watch& watch() { return watch_; }

 private:
  friend class Fiber;
  friend class Waiter;
  friend class Timer;
  friend void on_fresh_stack(void (*body)(void*), void* argument);

  void turn(env::Time until);
  void run_ready();
  void run_posted();
  void resume(Fiber& fiber);
  void make_ready(Fiber& fiber);
  void park(Waiter& waiter);

  env::Environment& environment_;
  std::unique_ptr<env::Reactor> reactor_;
  std::unique_ptr<StackPool> stacks_;
  std::unique_ptr<TimerHeap> timers_;
  List<Fiber> ready_;
  List<TurnEnd> deferred_;
  Fiber* running_ = nullptr;
  env::Time now_;
  unsigned index_;
  std::size_t fibers_ = 0;
  bool turning_ = false;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> idle_{true};
  Watch watch_;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
  std::atomic<bool> woken_{false};
};

}  // namespace holon::fiber
