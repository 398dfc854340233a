// Runtime: the loops of a process, one per thread, the first of them on the thread that made it.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "fiber/loop.h"

namespace holon::app {

class Runtime {
 public:
  /// @param loops  how many; the calling thread becomes the first's
  Runtime(env::Environment& environment, unsigned loops);
  /// Stops and joins the other threads.
  ~Runtime();

  fiber::Loop& main() { return *loops_.front(); }
  std::vector<fiber::Loop*> all() const;
  /// Starts the other loops' threads; before that they take what is posted to them.
  void start();
  void stop();

 private:
  std::vector<std::unique_ptr<fiber::Loop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace holon::app
