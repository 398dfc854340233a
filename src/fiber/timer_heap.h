// TimerHeap: what is due when. A binary heap whose elements know their place, so that one is taken out in O(log n).
#pragma once

#include <vector>

#include "fiber/loop.h"

namespace holon::fiber {

class TimerHeap {
 public:
  ~TimerHeap();

  void add(Due& due, env::Time at);
  void remove(Due& due);
  /// Fires all that is due at `now`. What they schedule for `now` or before fires at the next call.
  void fire(env::Time now);
  /// The earliest, or Time::max().
  env::Time next() const { return heap_.empty() ? env::Time::max() : heap_.front()->at_; }

 private:
  void rise(std::size_t at);
  void sink(std::size_t at);
  void put(Due* due, std::size_t at) {
    heap_[at] = due;
    due->place_ = at;
  }

  std::vector<Due*> heap_;
};

}  // namespace holon::fiber
