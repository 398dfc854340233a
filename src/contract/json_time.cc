#include "contract/json_time.h"

#include <chrono>
#include <cstdio>

namespace holon::contract {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::int64_t duration_seconds_max = 315'576'000'000;
constexpr std::int32_t nanos_of_second = 1'000'000'000;

constexpr std::int64_t first_second = seconds(std::chrono::sys_days(std::chrono::year(1) / 1 / 1).time_since_epoch()).count();
constexpr std::int64_t last_second =
    seconds(std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1).time_since_epoch()).count() - 1;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes parts off the start of a text; false once one is not as it should be.
class Parts {
 public:
  explicit Parts(std::string_view text) : left_(text) {}

  bool literal(char c) {
    if (!left_.starts_with(c)) return false;
    left_.remove_prefix(1);
    return true;
  }
  /// A number of exactly so many digits.
  bool digits(std::size_t count, unsigned& into) {
    if (left_.size() < count) return false;
    into = 0;
    for (char c : left_.substr(0, count)) {
      if (!is_digit(c)) return false;
      into = into * 10 + static_cast<unsigned>(c - '0');
    }
    left_.remove_prefix(count);
    return true;
  }
  /// Nothing, or a point and one to nine digits.
  bool fraction(std::int32_t& nanos) {
    if (!literal('.')) return true;
    std::int32_t unit = nanos_of_second;
    while (unit > 1 && !left_.empty() && is_digit(left_[0])) {
      unit /= 10;
      nanos += (left_[0] - '0') * unit;
      left_.remove_prefix(1);
    }
    return unit < nanos_of_second;
  }
  /// "Z", "+05:30" or "-08:00": what local time is ahead of UTC.
  bool offset(std::int64_t& into) {
    if (literal('Z')) return true;
    const bool behind = left_.starts_with('-');
    unsigned hours = 0, minutes = 0;
    if (!(literal('+') || literal('-')) || !digits(2, hours) || !literal(':') || !digits(2, minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    into = (behind ? -1 : 1) * static_cast<std::int64_t>(hours * 3600 + minutes * 60);
    return true;
  }
  std::string_view left() const { return left_; }

 private:
  std::string_view left_;
};

/// With 3, 6 or 9 digits, as many as are needed; none for 0.
void append_fraction(std::string& out, std::int32_t nanos) {
  if (nanos == 0) return;
  char text[16];
  std::snprintf(text, sizeof text, ".%09d", nanos);
  out.append(text, nanos % 1'000'000 == 0 ? 4 : nanos % 1'000 == 0 ? 7 : 10);
}

}  // namespace

bool read_timestamp(std::string_view text, Moment& into) {
  Parts parts(text);
  unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::int64_t ahead = 0;
  Moment time;
  const bool read = parts.digits(4, year) && parts.literal('-') && parts.digits(2, month) && parts.literal('-') &&
                    parts.digits(2, day) && parts.literal('T') && parts.digits(2, hour) && parts.literal(':') &&
                    parts.digits(2, minute) && parts.literal(':') && parts.digits(2, second) &&
                    parts.fraction(time.nanos) && parts.offset(ahead) && parts.left().empty();
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!read || !date.ok() || hour > 23 || minute > 59 || second > 59) return false;
  time.seconds = seconds(std::chrono::sys_days(date).time_since_epoch()).count() + hour * 3600 + minute * 60 + second - ahead;
  if (time.seconds < first_second || time.seconds > last_second) return false;
  into = time;
  return true;
}

bool append_timestamp(std::string& out, Moment time) {
  if (time.seconds < first_second || time.seconds > last_second || time.nanos < 0 || time.nanos >= nanos_of_second) {
    return false;
  }
  const std::chrono::sys_seconds since{seconds(time.seconds)};
  const auto midnight = std::chrono::floor<days>(since);
  const std::chrono::year_month_day date{midnight};
  const auto second = static_cast<int>((since - midnight).count());
  char text[80];
  const int size = std::snprintf(text, sizeof text, "\"%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), second / 3600,
                                 second / 60 % 60, second % 60);
  out.append(text, static_cast<std::size_t>(size));
  append_fraction(out, time.nanos);
  out += "Z\"";
  return true;
}

bool read_duration(std::string_view text, Moment& into) {
  Parts parts(text);
  const bool negative = parts.literal('-');
  Moment duration;
  unsigned digit = 0;
  bool any = false;
  while (parts.digits(1, digit)) {
    any = true;
    duration.seconds = duration.seconds * 10 + digit;
    if (duration.seconds > duration_seconds_max) return false;
  }
  if (!any || !parts.fraction(duration.nanos) || parts.left() != "s") return false;
  into = negative ? Moment{-duration.seconds, -duration.nanos} : duration;
  return true;
}

bool append_duration(std::string& out, Moment duration) {
  const auto [seconds, nanos] = duration;
  if (seconds < -duration_seconds_max || seconds > duration_seconds_max || nanos <= -nanos_of_second ||
      nanos >= nanos_of_second || (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    return false;
  }
  out += seconds < 0 || nanos < 0 ? "\"-" : "\"";
  out += std::to_string(seconds < 0 ? -seconds : seconds);
  append_fraction(out, nanos < 0 ? -nanos : nanos);
  out += "s\"";
  return true;
}

bool read_mask_path(std::string_view text, std::string& into) {
  into.clear();
  for (char c : text) {
    if (c == '_') return false;
    if (c >= 'A' && c <= 'Z') {
      into += '_';
      c = static_cast<char>(c | 0x20);
    }
    into += c;
  }
  return !text.empty();
}

bool append_mask_path(std::string& out, std::string_view path) {
  bool raise = false;
  for (char c : path) {
    const bool small = c >= 'a' && c <= 'z';
    if ((c >= 'A' && c <= 'Z') || (raise && !small)) return false;
    if (c == ',') return false;
    if (c != '_') out += raise ? static_cast<char>(c & ~0x20) : c;
    raise = c == '_';
  }
  return !raise && !path.empty();
}

}  // namespace holon::contract
