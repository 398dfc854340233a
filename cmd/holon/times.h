// Times as people write and read them.
#pragma once

#include <cstdint>
#include <string>

#include "env/environment.h"
#include "holon/result.h"

namespace holon::cli {

/// "30s", "10m", "2h", "3d" before now, or a time such as "2026-02-24T18:00:00Z" (RFC 3339), in ms since 1970; 0 for nothing.
/// INVALID_ARGUMENT for what is neither.
Result<std::int64_t> since_unix_ms(const std::string& text, env::Environment& world);

/// "18:00:00.123", in this machine's time zone.
std::string clock_text(std::int64_t unix_us);

}  // namespace holon::cli
