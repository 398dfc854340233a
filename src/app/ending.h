// Ending: what is open as long as its client likes, and has to end when the host does.
//
//   Ending::Guard guard(ending_, [&] { group.cancel(); });   // in a handler
//   …
//   ending_.begin();                                          // any thread: the function runs on the handler's loop
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "fiber/loop.h"

namespace holon::app {

class Ending {
  struct Entry {
    fiber::Loop& loop;
    std::function<void()> end;  ///< on the loop's thread alone; empty once its guard is gone
  };

 public:
  class Guard {
   public:
    /// Runs `end` on this loop when the ending begins, at once if it has begun.
    Guard(Ending& ending, std::function<void()> end)
        : ending_(ending), entry_(std::make_shared<Entry>(*fiber::Loop::current(), std::move(end))) {
      std::lock_guard lock(ending_.mutex_);
      ending_.entries_.insert(entry_);
      if (ending_.begun_) run(entry_);
    }
    ~Guard() {
      entry_->end = nullptr;
      std::lock_guard lock(ending_.mutex_);
      ending_.entries_.erase(entry_);
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Ending& ending_;
    std::shared_ptr<Entry> entry_;
  };

  void begin() {
    std::lock_guard lock(mutex_);
    begun_ = true;
    for (const std::shared_ptr<Entry>& entry : entries_) run(entry);
  }

 private:
  static void run(const std::shared_ptr<Entry>& entry) {
    entry->loop.post([entry] {
      if (entry->end) entry->end();
    });
  }

  std::mutex mutex_;  ///< guards all below
  std::set<std::shared_ptr<Entry>> entries_;
  bool begun_ = false;
};

}  // namespace holon::app
