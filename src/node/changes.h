// Changes: fibers wait until something has changed since they looked last. One loop's.
//
//   for (std::uint64_t seen = 0;; seen = changes.count()) { show(); TRY(changes.wait(call, seen)); }
#pragma once

#include <cstdint>
#include <set>

#include "fiber/waiter.h"

namespace holon::node {

class Changes {
 public:
  std::uint64_t count() const { return count_; }

  void notify() {
    ++count_;
    for (fiber::Waiter* waiter : waiting_) waiter->wake();
  }

  /// Until the count is past `seen`, or the call ends.
  Result<void> wait(const Call& call, std::uint64_t seen) {
    while (count_ <= seen) {
      fiber::Waiter waiter;
      waiting_.insert(&waiter);
      Result<void> waited = fiber::wait(waiter, call);
      waiting_.erase(&waiter);
      if (!waited.ok()) return waited;
    }
    return {};
  }

 private:
  std::uint64_t count_ = 1;  ///< who has seen nothing yet has seen 0
  std::set<fiber::Waiter*> waiting_;
};

}  // namespace holon::node
