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

namespace holon::internal {
class Scope;
}

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

/// Something that is due at a point of time. Leaves its heap when destroyed.
class Due {
 public:
  Due() = default;
  Due(const Due&) = delete;
  Due& operator=(const Due&) = delete;
  virtual ~Due();

  bool scheduled() const { return heap_ != nullptr; }

 protected:
  friend class TimerHeap;
  virtual void due() = 0;

 private:
  TimerHeap* heap_ = nullptr;
  env::Time at_{};
  std::size_t place_ = 0;  ///< in the heap
};

/// A function at a point of time, on the loop's thread. Destroying it cancels it.
class Timer final : public Due {
 public:
  explicit Timer(std::function<void()> fire) : fire_(std::move(fire)) {}

  /// Starts, or moves, it.
  void start(env::Time at);
  void stop();

 private:
  void due() override { fire_(); }
  std::function<void()> fire_;
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
  env::Time now() const {
    if (slept_) note_time();
    return now_;
  }
  /// Fibers that live on this loop.
  std::size_t fibers() const { return fibers_; }
  /// Whether nothing was runnable when it last looked. Any thread.
  bool idle() const { return idle_.load(std::memory_order_relaxed); }

  /// What the watchdog reads: it has changed whenever the loop went on. `method` is what runs, or null.
  struct Progress {
    std::atomic<std::uint64_t> switches{0};
    std::atomic<const std::string_view*> method{nullptr};
  };
  const Progress& progress() const { return progress_; }
  /// Wakes `reactor` once the loop has something to do; null takes that back. Any thread.
  void wake_when_busy(env::Reactor* reactor);
  /// Names what the running fiber does from here on; `method` outlives the loop. Gives the name before.
  const std::string_view* name_running(const std::string_view* method);
  /// The running fiber's branch from here on: see Waiter::wait. It outlives the fiber.
  void enter_branch(internal::Scope* scope);
  /// Of the running fiber; null outside of branches.
  internal::Scope* branch() const;

 private:
  void note_time() const {
    now_ = environment_.now();
    slept_ = false;
  }
  friend class Waiter;
  friend class Timer;
  friend void yield();

  void turn();
  void tell_busy();
  void settle();
  void run_ready();
  void run_posted();
  void resume(Fiber& fiber);
  void make_ready(Fiber& fiber);
  /// Suspends the running fiber until make_ready; or, on the thread's own stack, turns until `done`.
  void park(const bool& done);

  env::Environment& environment_;
  unsigned index_;
  std::unique_ptr<env::Reactor> reactor_;
  std::unique_ptr<StackPool> stacks_;
  std::unique_ptr<TimerHeap> timers_;
  List<Fiber> ready_;
  List<Fiber> yielded_;  ///< run in the next turn
  List<TurnEnd> deferred_;
  Fiber* running_ = nullptr;
  mutable env::Time now_;
  mutable bool slept_ = false;  ///< since `now_`: who is told of what happened asks while the reactor still waits
  env::Time recalibrated_;
  std::size_t fibers_ = 0;
  bool turning_ = false;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> idle_{true};
  Progress progress_;
  std::atomic<bool> awaited_{false};  ///< somebody is to be woken
  std::mutex awaiting_mutex_;
  env::Reactor* awaiting_ = nullptr;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
  std::atomic<bool> woken_{false};
};

/// Bytes of stack left to the running function.
std::size_t stack_left();

}  // namespace holon::fiber
