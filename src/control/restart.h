// When a host that ended may start again: at once the first time, then ever later, until it proves stable.
#pragma once

#include <cstdint>

#include "env/environment.h"

namespace holon::control {

struct RestartPolicy {
  env::Duration first = std::chrono::milliseconds(100);  ///< the pause after the second end in a row
  env::Duration most = std::chrono::seconds(30);         ///< pauses double up to here
  env::Duration stable = std::chrono::seconds(10);       ///< who ran this long starts with a clean slate
  int crash_loop = 3;                                    ///< ends in a row that make a crash loop
};

class Restart {
 public:
  explicit Restart(RestartPolicy policy = {}) : policy_(policy) {}

  void started(env::Time now) { started_ = now; }
  /// The host ended, or could not be started. Gives the pause before the next start: between half and the whole of the
  /// back-off, by `random`, so that hosts that died together do not come back in step.
  env::Duration ended(env::Time now, std::uint64_t random);

  /// Whether it keeps ending before it is stable.
  bool crash_loop() const { return in_a_row_ >= policy_.crash_loop; }
  /// Ends since the node began.
  int ends() const { return ends_; }

 private:
  RestartPolicy policy_;
  env::Time started_{};
  int in_a_row_ = 0;
  int ends_ = 0;
};

}  // namespace holon::control
