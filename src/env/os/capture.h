// What a child prints, gathered from two pipes until it closes them or the time is over.
#pragma once

#include <array>

#include "env/os/spawn.h"

namespace holon::env {

/// Waits until a descriptor is readable or closed. False if the deadline came first.
bool wait_readable(int descriptor, Time deadline);

class Capture {
 public:
  static Result<Capture> open();

  ChildEnds child_end() const { return {write_[0].get(), write_[1].get()}; }
  /// Closes the child's ends here, and reads. False if it took too long or was too much (more than 64 MiB).
  bool read_until_closed(Time deadline);
  bool overflowed() const { return overflowed_; }
  std::string take_output() { return std::move(text_[0]); }
  std::string take_error() { return std::move(text_[1]); }

 private:
  bool read_once(std::size_t which);

  std::array<Descriptor, 2> read_;
  std::array<Descriptor, 2> write_;
  std::array<std::string, 2> text_;
  bool overflowed_ = false;
};

}  // namespace holon::env
