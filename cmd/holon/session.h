// Session: what a verb that calls servers has: this thread's loop, calls that end in time, and Ctrl-C that ends them at once.
#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "fiber/call.h"
#include "fiber/loop.h"

namespace holon::cli {

class Session {
 public:
  /// Before any other thread starts.
  Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// A call that ends after `timeout`, if there is one, and at Ctrl-C. It lives as long as the session.
  internal::RootCall& call(std::optional<std::chrono::nanoseconds> timeout);
  /// One that asks a server something about itself.
  internal::RootCall& question() { return call(std::chrono::seconds(10)); }
  /// Whether Ctrl-C was pressed.
  bool interrupted() const { return interrupted_; }

  fiber::Loop& loop() { return loop_; }

  /// Says what went wrong, but for what Ctrl-C ended; gives the exit code: 2 for what was written wrong, 1 for what failed.
  int fail(const Error& why) const;

 private:
  fiber::Loop loop_;
  std::deque<internal::RootCall> calls_;
  bool interrupted_ = false;
};

}  // namespace holon::cli
