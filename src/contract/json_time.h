// The texts of google.protobuf.Timestamp, Duration and FieldMask in JSON, and what they stand for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holon::contract {

/// Seconds and billionths of a second: since 1970 for a time; of one sign for a duration.
struct Moment {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
};

/// "2026-01-31T12:00:00.5Z", or with an offset from UTC (RFC 3339), in the years 1 to 9999, with up to nine digits of a second.
bool read_timestamp(std::string_view text, Moment& into);
/// In UTC, with 0, 3, 6 or 9 digits of a second. False if it is beyond the years 1 to 9999, or nanos beyond a second.
bool append_timestamp(std::string& out, Moment time);

/// "-1.5s": of at most 315,576,000,000 seconds (10,000 years), with up to nine digits of a second.
bool read_duration(std::string_view text, Moment& into);
/// False if it is longer, nanos beyond a second, or of the other sign.
bool append_duration(std::string& out, Moment duration);

/// A path of a FieldMask, from lowerCamelCase to snake_case. False if it is empty or has a '_'.
bool read_mask_path(std::string_view text, std::string& into);
/// The other way. False if it would not come back as it is.
bool append_mask_path(std::string& out, std::string_view path);

}  // namespace holon::contract
