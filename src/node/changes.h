// Changes: fibers wait until something has changed since they looked last. One loop's.
//
//   for (std::uint64_t seen = 0;; seen = changes.count()) { show(); TRY(changes.wait(call, seen)); }
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>

#include "fiber/call.h"
#include "fiber/waiter.h"

namespace holon::node {

class Changes {
 public:
  std::uint64_t count() const { return count_; }

  void notify() {
    ++count_;
    for (fiber::Waiter* waiter : waiting_) waiter->wake();
  }

  /// Until the count is past `seen`, or `until`, or the call ends, which alone is an error.
  Result<void> wait(const Call& call, std::uint64_t seen, env::Time until = env::Time::max()) {
    while (count_ <= seen) {
      fiber::Waiter waiter;
      waiting_.insert(&waiter);
      const fiber::Wake how = waiter.wait(std::min(until, call.deadline()), &internal::CallAccess::scope(call));
      waiting_.erase(&waiter);
      if (how == fiber::Wake::cancelled) return cancelled("the caller has gone");
      if (how == fiber::Wake::late) return until < call.deadline() ? Result<void>() : call.check();
    }
    return {};
  }

 private:
  std::uint64_t count_ = 1;  ///< who has seen nothing yet has seen 0
  std::set<fiber::Waiter*> waiting_;
};

}  // namespace holon::node
