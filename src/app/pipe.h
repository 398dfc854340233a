// Pipe: one direction of a stream between two fibers of a loop. Bounded: what is full makes its writer wait.
#pragma once

#include <deque>
#include <utility>

#include "app/carrier.h"
#include "fiber/waiter.h"

namespace holon::app {

class Pipe {
 public:
  static constexpr std::size_t messages_max = 16;
  static constexpr std::size_t bytes_max = 64 << 10;

  bool full() const { return parcels_.size() >= messages_max || bytes_ >= bytes_max; }
  bool empty() const { return parcels_.empty(); }
  bool ended() const { return ended_; }

  void push(Parcel parcel) {
    bytes_ += parcel.size();
    parcels_.push_back(std::move(parcel));
    readable.wake();
  }
  Parcel pop() {
    Parcel parcel = std::move(parcels_.front());
    parcels_.pop_front();
    bytes_ -= parcel.size();
    writable.wake();
    return parcel;
  }
  /// No more will be pushed.
  void end() {
    ended_ = true;
    readable.wake();
  }

  fiber::Waiter readable;  ///< woken when something came, or the end
  fiber::Waiter writable;  ///< woken when something was taken

 private:
  std::deque<Parcel> parcels_;
  std::size_t bytes_ = 0;
  bool ended_ = false;
};

}  // namespace holon::app
