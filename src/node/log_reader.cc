#include "node/log_reader.h"

#include <re2/re2.h>

#include <algorithm>
#include <ctime>

namespace holon::node {
namespace {

constexpr std::size_t pattern_bytes_max = 1'000;
constexpr std::int64_t pattern_memory_max = 8 << 20;
constexpr std::uint64_t looked_at_once = std::uint64_t{1} << 20;

/// The position at which the last `lines` lines before `end` begin.
std::uint64_t tail_of(const RotatingLog& log, std::uint64_t end, std::int64_t lines) {
  const std::uint64_t first = log.begin();
  if (lines < 0) return first;
  std::int64_t found = 0;
  for (std::uint64_t piece_end = end; piece_end > first;) {
    const std::uint64_t begin = std::max(first, piece_end - std::min(piece_end, looked_at_once));
    const std::string text = log.read(begin, piece_end - begin);
    for (std::size_t i = text.size(); i > 0; --i) {
      if (text[i - 1] != '\n' || begin + i == end) continue;  // what ends the last line is no beginning
      if (++found == lines) return begin + i;
    }
    piece_end = begin;
  }
  return lines == 0 ? end : first;
}

int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// "2026-11-29T00:15:00", then a fraction of up to 6 digits that count, in UTC.
std::int64_t parse_time(std::string_view text) {
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':') return 0;
  std::tm parts{};
  parts.tm_year = digits(text, 0, 4) - 1900;
  parts.tm_mon = digits(text, 5, 2) - 1;
  parts.tm_mday = digits(text, 8, 2);
  parts.tm_hour = digits(text, 11, 2);
  parts.tm_min = digits(text, 14, 2);
  parts.tm_sec = digits(text, 17, 2);
  const bool wrong = parts.tm_year < 0 || parts.tm_mon < 0 || parts.tm_mday < 0 || parts.tm_hour < 0 || parts.tm_min < 0 ||
                     parts.tm_sec < 0;
  if (wrong) return 0;
  std::int64_t micros = 0;
  if (text.size() > 19 && text[19] == '.') {
    std::int64_t unit = 100'000;
    for (std::size_t i = 20; i < text.size() && unit > 0 && digits(text, i, 1) >= 0; ++i, unit /= 10) {
      micros += digits(text, i, 1) * unit;
    }
  }
  return static_cast<std::int64_t>(timegm(&parts)) * 1'000'000 + micros;
}

}  // namespace

std::int64_t time_of_line(std::string_view line) {
  constexpr std::string_view ours = "{\"time\":\"";
  return parse_time(line.starts_with(ours) ? line.substr(ours.size()) : line);
}

Result<std::shared_ptr<const re2::RE2>> parse_pattern(const std::string& text) {
  if (text.size() > pattern_bytes_max) return invalid_argument("a pattern has at most 1000 bytes");
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(pattern_memory_max);
  options.set_encoding(RE2::Options::EncodingLatin1);  // a log may be no UTF-8
  auto pattern = std::make_shared<const re2::RE2>(text, options);
  if (!pattern->ok()) return invalid_argument("the pattern " + text + " is no regular expression: " + pattern->error());
  return pattern;
}

LogReader::LogReader(const std::shared_ptr<RotatingLog>& log, Choice choice)
    : choice_(std::move(choice)), old_until_(log->end()), follower_(log, tail_of(*log, old_until_, choice_.tail)) {}

bool LogReader::read(std::int64_t now_unix_us, const std::function<void(const LogEntry&)>& visit) {
  const bool old = !at_new();
  const auto tell_gap = [&] {
    if (const std::uint64_t missed = follower_.take_missed(); missed > 0) visit({last_time_, {}, missed});
  };
  const bool some = follower_.poll([&](std::string_view line) {
    tell_gap();
    const std::int64_t said = time_of_line(line);
    if (said != 0) last_time_ = said;
    if (said == 0 && !old) last_time_ = now_unix_us;
    if (last_time_ < choice_.since_unix_us) return;
    if (choice_.pattern != nullptr && !RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), *choice_.pattern)) return;
    visit({last_time_, line});
  });
  tell_gap();
  return some;
}

}  // namespace holon::node
