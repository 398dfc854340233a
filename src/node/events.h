// Events: what the node did and why, the last 10,000 of it. One loop's.
//
//   for (std::uint64_t next = events.first();; ) {
//     const std::uint64_t seen = events.changes().count();
//     while (const v1::Event* event = events.find(next)) { show(*event); ++next; }
//     TRY(events.changes().wait(call, seen));
//   }
#pragma once

#include <cstdint>
#include <deque>

#include "holon/node/v1/node.pb.h"
#include "node/changes.h"

namespace holon::node {

class Events {
 public:
  static constexpr std::size_t kept_max = 10'000;

  void add(v1::Event event) {
    if (kept_.size() == kept_max) {
      kept_.pop_front();
      ++first_;
    }
    kept_.push_back(std::move(event));
    changes_.notify();
  }

  /// The number of the oldest that is kept; they are numbered in order.
  std::uint64_t first() const { return first_; }
  /// Null if there is none of that number yet, or any more.
  const v1::Event* find(std::uint64_t number) const {
    return number < first_ || number - first_ >= kept_.size() ? nullptr : &kept_[number - first_];
  }
  Changes& changes() { return changes_; }

 private:
  std::uint64_t first_ = 0;
  std::deque<v1::Event> kept_;
  Changes changes_;
};

}  // namespace holon::node
