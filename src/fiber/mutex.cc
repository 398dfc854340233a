#include <deque>
#include <mutex>

#include "fiber/call.h"
#include "holon/task.h"

namespace holon {
namespace internal {

// Who waits, in order. The lock passes from hand to hand: it is never free while somebody waits.
class MutexState {
 public:
  struct Entry {
    fiber::Loop* loop;
    fiber::Waiter waiter;
    bool granted = false;
  };

  std::mutex guard;
  bool locked = false;
  std::deque<std::shared_ptr<Entry>> waiting;
};

}  // namespace internal

Mutex::Mutex() : state_(std::make_unique<internal::MutexState>()) {}
Mutex::~Mutex() = default;

Result<Mutex::Guard> Mutex::lock(Call& call) {
  using Entry = internal::MutexState::Entry;
  std::shared_ptr<Entry> mine;
  {
    std::lock_guard lock(state_->guard);
    if (!state_->locked) {
      state_->locked = true;
      return Guard(this);
    }
    mine = std::make_shared<Entry>();
    mine->loop = fiber::Loop::current();
    state_->waiting.push_back(mine);
  }
  Result<void> waited = fiber::wait(mine->waiter, call);
  if (waited.ok()) return Guard(this);
  bool came_too_late;
  {
    std::lock_guard lock(state_->guard);
    came_too_late = mine->granted;  // handed to us just as we gave up
    if (!came_too_late) std::erase(state_->waiting, mine);
  }
  if (came_too_late) unlock();
  return waited.error();
}

void Mutex::unlock() {
  std::shared_ptr<internal::MutexState::Entry> next;
  {
    std::lock_guard lock(state_->guard);
    if (state_->waiting.empty()) {
      state_->locked = false;
      return;
    }
    next = std::move(state_->waiting.front());
    state_->waiting.pop_front();
    next->granted = true;
  }
  next->loop->post([next] { next->waiter.wake(); });
}

}  // namespace holon
