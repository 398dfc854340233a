// LogReader: lines of one host's log as somebody asked for them: from the last so many on, since a time, those that match; also of
// what was rotated away.
//
//   LogReader reader(log, {.tail = 100, .since_unix_us = 0, .pattern = pattern});
//   reader.read(now, [&](const LogEntry& entry) { … });      // what is there; then again, what has come since
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "holon/result.h"
#include "node/rotating_log.h"

namespace re2 {
class RE2;
}

namespace holon::node {

/// A line with when it was written, or a gap.
struct LogEntry {
  std::int64_t unix_us = 0;  ///< what the line itself says; else when it was read, or, of an old one, 0: nobody knows
  std::string_view text;
  std::uint64_t missed = 0;  ///< so many lines were lost here, whatever was asked for: the reader was too slow. Then there is no text
};

/// A regular expression of RE2, whose matching takes time linear in the text. INVALID_ARGUMENT says what is wrong with it.
Result<std::shared_ptr<const re2::RE2>> parse_pattern(const std::string& text);

class LogReader {
 public:
  struct Choice {
    std::int64_t tail = 1000;        ///< lines of those that are there already; negative: all
    std::int64_t since_unix_us = 0;  ///< none before; a line without a time is as old as the one before it
    std::shared_ptr<const re2::RE2> pattern = {};
  };

  LogReader(const std::shared_ptr<RotatingLog>& log, Choice choice);

  /// Gives the lines that were written since it was asked last, at most 1 MiB of them, and before them what was lost.
  /// @param now_unix_us  for lines that do not say when they were written
  /// False if there were none.
  bool read(std::int64_t now_unix_us, const std::function<void(const LogEntry&)>& visit);
  /// Whether it has given all that was there at first.
  bool at_new() const { return follower_.position() >= old_until_; }

 private:
  Choice choice_;
  std::uint64_t old_until_;  ///< where what was there at first ends
  LogFollower follower_;
  std::int64_t last_time_ = 0;
};

/// The time of a line of holon's log, {"time":"2026-11-29T00:15:00.123456Z",…}, or one that begins with such a time; 0 if it has
/// none.
std::int64_t time_of_line(std::string_view line);

}  // namespace holon::node
