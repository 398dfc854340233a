// Whether a failed attempt of a call is followed by another, and when: gRPC's rules (gRFC A6) under a budget. Pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "client/terms.h"
#include "holon/result.h"

namespace holon::client {

/// How an attempt failed.
struct Failure {
  Code code;
  bool unseen = false;  ///< certainly no handler has seen the request
  std::optional<std::chrono::milliseconds> push_back{};  ///< what the server says: not before that; never, if negative
  bool unbegun = false;  ///< the server says that it turned the call away before its handler began
};

/// Whether that may be made good by another attempt, of a call that may be made twice or of one that may not.
bool worth_another(const Failure& failure, bool idempotent);

/// Before attempt `attempt` + 1: what the server asks for, or a random share of a time that doubles from attempt to attempt
/// (M. Brooker, Exponential Backoff and Jitter).
env::Duration wait_before_next(const Failure& failure, int attempt, const Terms& terms, std::uint64_t random);

}  // namespace holon::client
