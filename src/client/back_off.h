// How long an endpoint that could not be reached is left alone.
#pragma once

#include <algorithm>
#include <cstdint>

#include "env/environment.h"

namespace holon::client {

/// After so many failures in a row: `first`, doubled from failure to failure up to `most`, with 20 % jitter, so that clients of one server
/// disperse (gRPC, doc/connection-backoff.md).
inline env::Duration back_off(env::Duration first, env::Duration most, int failures, std::uint64_t random) {
  env::Duration base = first;
  for (int i = 1; i < failures && base < most; ++i) base *= 2;
  base = std::min(base, most);
  return base * 4 / 5 + base * static_cast<std::int64_t>(random % 1000) / 1000 * 2 / 5;
}

}  // namespace holon::client
