// Credit: how much of a stream's window its receiver gives back, and when.
#pragma once

#include <cstddef>
#include <utility>

#include "wire/grpc.h"

namespace holon::wire {

/// The window opens by the messages that were taken, so that a reader that lags makes its writer wait. While no whole
/// message is there it opens by all that came: one larger than the window could never be complete otherwise.
class Credit {
 public:
  void received(std::size_t bytes) { owed_ += bytes; }

  /// Bytes to give back now; each once.
  std::size_t due(const MessageReader& reader) {
    std::size_t unread = reader.ready() ? reader.buffered() : 0;
    return owed_ <= unread ? 0 : std::exchange(owed_, unread) - unread;
  }

 private:
  std::size_t owed_ = 0;
};

}  // namespace holon::wire
