// How faults are written by people: "200ms±50ms", "10/s", "unavailable".
#pragma once

#include <string>
#include <string_view>

#include "env/environment.h"
#include "holon/result.h"

namespace holon::faults {

/// "200ms", "1.5s", "5min", "2h"; also us, m. INVALID_ARGUMENT with the remedy; at most a year.
Result<env::Duration> parse_duration(std::string_view text);
/// As parse_duration reads it, in the largest unit that it is a whole number of.
std::string duration_text(env::Duration duration);

struct Delay {
  env::Duration mean{};
  env::Duration jitter{};  ///< not above the mean
};
/// "200ms±50ms"; also "200ms+-50ms", or "200ms" alone.
Result<Delay> parse_delay(std::string_view text);

/// "10/s", "90/min": calls by second.
Result<double> parse_rate(std::string_view text);

/// A gRPC code but OK, as gRPC spells it, in any case: "unavailable", "DEADLINE_EXCEEDED", "14".
Result<Code> parse_code(std::string_view text);

}  // namespace holon::faults
