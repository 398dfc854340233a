// Mailbox: how what a thread found out comes back to who asked, on its loop, if there is anybody left to take it.
//
//   auto mailbox = std::make_shared<Mailbox<Resolver>>(loop, *this);        // close it in the destructor
//   fiber::run_on_thread([mailbox] { …; mailbox->post([found](Resolver& self) { self.answered(found); }); });
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "fiber/loop.h"

namespace holon::client {

template <class Owner>
class Mailbox : public std::enable_shared_from_this<Mailbox<Owner>> {
 public:
  Mailbox(fiber::Loop& loop, Owner& owner) : loop_(&loop), owner_(&owner) {}

  /// Nothing arrives from here on. On the loop's thread.
  void close() {
    std::lock_guard lock(mutex_);
    loop_ = nullptr;
    owner_ = nullptr;
  }
  /// Any thread.
  void post(std::function<void(Owner&)> work) {
    std::lock_guard lock(mutex_);
    if (loop_ == nullptr) return;
    loop_->post([self = this->shared_from_this(), work = std::move(work)] {
      if (self->owner_ != nullptr) work(*self->owner_);
    });
  }

 private:
  std::mutex mutex_;
  fiber::Loop* loop_;  ///< guarded by `mutex_`
  Owner* owner_;       ///< changed on the loop's thread, with `mutex_`
};

}  // namespace holon::client
