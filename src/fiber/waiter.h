// Waiter: how a fiber waits for one thing, and Scope: what ends all waiting below it.
//
//   fiber::Waiter waiter;
//   pending_ = &waiter;                                   // whoever has the answer calls pending_->wake()
//   switch (waiter.wait(deadline, &scope)) { … }          // the fiber is suspended until then
//
// All on one loop. From another thread: `loop.post([&] { waiter.wake(); })`, with the waiter kept alive until it ran.
#pragma once

#include "env/environment.h"
#include "fiber/list.h"
#include "fiber/loop.h"
#include "holon/call.h"

namespace holon::internal {

/// A tree of what may be cancelled together. A root call has one, each branch of a TaskGroup, each stream; local calls use
/// their caller's. One loop's.
class Scope : public fiber::ListNode<Scope> {
 public:
  Scope() = default;
  /// @param parent  outlives it
  explicit Scope(Scope& parent) : parent_(&parent) {
    cancelled_ = parent.cancelled_;
    parent.children_.push_back(*this);
  }

  bool cancelled() const { return cancelled_; }
  /// Cancels this and all below, and wakes who waits there.
  void cancel();

 private:
  friend class fiber::Waiter;
  bool below(const Scope& other) const;

  Scope* parent_ = nullptr;
  bool cancelled_ = false;
  fiber::List<Scope> children_;
  fiber::List<fiber::Waiter> waiting_;
};

}  // namespace holon::internal

namespace holon::fiber {

enum class Wake { woken, late, cancelled };

class Waiter final : public ListNode<Waiter>, private Due {
 public:

  /// Suspends until `wake`, the deadline, or the scope's end. Returns at once if it was woken already. Once it returned it
  /// can be waited on again. In a branch below the scope it ends with the branch too: what belongs to a call outside (a
  /// stream, a mutex) never holds up a TaskGroup that ends.
  Wake wait(env::Time deadline = env::Time::max(), internal::Scope* scope = nullptr);
  /// Ends the wait, or the next one. On the loop's thread.
  void wake() { finish(Wake::woken); }
  bool woken() const { return done_; }

 private:
  friend class internal::Scope;
  void due() override { finish(Wake::late); }
  void finish(Wake how);

  Loop* loop_ = nullptr;
  Fiber* fiber_ = nullptr;  ///< null: the thread itself waits
  bool done_ = false;
  Wake how_ = Wake::woken;
};

/// Waits as long as `call` may take. The error is the call's: CANCELLED or DEADLINE_EXCEEDED.
Result<void> wait(Waiter& waiter, const Call& call);

/// Lets the other runnable fibers run first.
void yield();

}  // namespace holon::fiber
