// Structured concurrency: what is started in a scope ends in it.
//
//   holon::TaskGroup group(call);
//   auto cart = group.spawn([&](holon::Call& branch) { return cart_->GetCart(branch, cart_of(user)); });
//   auto ads  = group.spawn([&](holon::Call& branch) { return ads_->GetAds(branch, ads_of(page)); });
//   Cart shown = TRY(cart.get());          // leaving early cancels the other branch and waits for it
//
// Everything here suspends fibers, never threads, and belongs to the fiber of its Call. Declare a TaskGroup after the data
// its branches borrow.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "holon/call.h"
#include "holon/result.h"

namespace holon {

namespace internal {

class TaskState;
class GroupState;
class MutexState;

void spawn_branch(GroupState& group, std::shared_ptr<TaskState> task, std::function<void(Call&)> body);
std::shared_ptr<TaskState> make_task_state();
/// Waits for the branch; an error when the waiter's own call ends first.
Result<void> join_branch(TaskState& task);
/// Runs `work` on a thread of the pool; the fiber waits until it is done, whatever happens.
Result<void> run_blocking(Call& call, std::function<void()> work);

}  // namespace internal

/// One branch of a TaskGroup, which it must not outlive.
template <class T>
class Task {
 public:
  /// Waits for the branch and gives what it returned. Once.
  Result<T> get() {
    HOLON_TRY(internal::join_branch(*state_));
    return std::move(**result_);
  }

 private:
  friend class TaskGroup;
  std::shared_ptr<internal::TaskState> state_ = internal::make_task_state();
  std::shared_ptr<std::optional<Result<T>>> result_ = std::make_shared<std::optional<Result<T>>>();
};

/// Branches that run concurrently on the fiber's loop. Its end cancels what still runs, and joins it.
class TaskGroup {
 public:
  explicit TaskGroup(Call& call);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  /// Cancels and joins. After the drain time (10 s) it aborts and prints the stacks: such a branch ignores its call.
  ~TaskGroup();

  /// Starts `branch(Call&)`, which returns a Result; an exception becomes INTERNAL.
  template <class F, class R = std::invoke_result_t<F&, Call&>>
  Task<typename R::value_type> spawn(F branch) {
    Task<typename R::value_type> task;
    internal::spawn_branch(*state_, task.state_, [branch = std::move(branch), result = task.result_](Call& call) mutable {
      result->emplace(internal_error("the branch threw"));  // what get() sees if it does
      result->emplace(branch(call));
    });
    return task;
  }

  /// Waits until all branches are done, or this group's call ends.
  Result<void> wait();
  /// Cancels all branches.
  void cancel();

 private:
  std::unique_ptr<internal::GroupState> state_;
};

/// Mutual exclusion for fibers, across loops, that may be held over a suspension. First come, first served.
class Mutex {
 public:
  Mutex();
  ~Mutex();
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  /// Unlocks at the end of its scope.
  class [[nodiscard]] Guard {
   public:
    Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      if (mutex_ != nullptr) mutex_->unlock();
    }

   private:
    friend class Mutex;
    explicit Guard(Mutex* mutex) : mutex_(mutex) {}
    Mutex* mutex_;
  };

  /// Waits for its turn, at most as long as `call` may take.
  Result<Guard> lock(Call& call);

 private:
  void unlock();
  std::unique_ptr<internal::MutexState> state_;
};

/// Waits for `duration`, or until the call ends (then its error).
Result<void> sleep(Call& call, std::chrono::nanoseconds duration);

/// Runs `f` on a thread of its own, for code that blocks one; the fiber is suspended meanwhile. `f` may borrow from the
/// caller's stack: it is always waited for. A late end is DEADLINE_EXCEEDED, with `f` done.
template <class F, class R = std::invoke_result_t<F&>>
auto blocking(Call& call, F f) {
  if constexpr (std::is_void_v<R>) {
    return internal::run_blocking(call, [&] { f(); });
  } else if constexpr (requires { typename R::value_type; } && std::is_constructible_v<R, Error>) {
    std::optional<R> result;
    Result<void> ran = internal::run_blocking(call, [&] { result.emplace(f()); });
    return ran.ok() ? std::move(*result) : R(ran.error());
  } else {
    std::optional<R> result;
    Result<void> ran = internal::run_blocking(call, [&] { result.emplace(f()); });
    return ran.ok() ? Result<R>(std::move(*result)) : Result<R>(ran.error());
  }
}

}  // namespace holon
