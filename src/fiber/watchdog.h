// Watchdog: a thread that looks at the loops and names the method that does not give way. It sleeps while all are idle.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "fiber/loop.h"

namespace holon::fiber {

class Watchdog {
 public:
  /// Told once per hog: the method ("" if it is none), the loop's index, and the least time it ran so far. On the
  /// watchdog's thread.
  using Report = std::function<void(std::string_view method, unsigned loop, env::Duration at_least)>;

  /// @param limit  how long a fiber may keep its loop; it is noticed within twice as long. The loops outlive the watchdog.
  Watchdog(env::Environment& environment, std::vector<Loop*> loops, env::Duration limit, Report report);
  ~Watchdog();

  /// How often it has looked at the loops.
  std::uint64_t looks() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holon::fiber
