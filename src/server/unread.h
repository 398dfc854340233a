// Unread: the finished replies of one connection that its client has not taken, and the calls that wait until it does.
#pragma once

#include <cstddef>

#include "fiber/list.h"

namespace holon::server {

class Inbound;

/// A place in the queue of those that wait; it leaves by `unlink`.
struct HeldBack : fiber::ListNode<HeldBack> {
  explicit HeldBack(Inbound& which) : inbound(which) {}
  Inbound& inbound;
};

class Unread {
 public:
  explicit Unread(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Whether no further call may start.
  bool full() const { return bytes_ > bytes_max_; }
  void add(std::size_t bytes) { bytes_ += bytes; }
  /// The client took them, or the call that they were for is gone.
  void taken(std::size_t bytes) {
    bytes_ -= bytes;
    if (!waiting_.empty() && !full()) go_on();
  }
  void hold(HeldBack& call) { waiting_.push_back(call); }

 private:
  void go_on();

  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  fiber::List<HeldBack> waiting_;  ///< longest first
};

}  // namespace holon::server
