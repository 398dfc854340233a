#include "control/restart.h"

#include <algorithm>

namespace holon::control {

env::Duration Restart::ended(env::Time now, std::uint64_t random) {
  if (now - started_ >= policy_.stable) in_a_row_ = 0;
  ++ends_;
  ++in_a_row_;
  if (in_a_row_ == 1) return env::Duration::zero();
  constexpr int doublings_max = 30;  // far past `most`, far below overflow
  env::Duration pause = policy_.first * (std::int64_t{1} << std::min(in_a_row_ - 2, doublings_max));
  pause = std::min(pause, policy_.most);
  return pause / 2 +
         env::Duration(static_cast<std::int64_t>(random % static_cast<std::uint64_t>(pause.count() / 2 + 1)));
}

}  // namespace holon::control
