#include "wire/http_date.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace holon::wire {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 7> days = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

/// Reads a text from its left by a pattern; the first thing that does not fit spoils it.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool good() const { return good_ && rest_.empty(); }
  Reader& literal(std::string_view text) {
    if (rest_.starts_with(text)) {
      rest_.remove_prefix(text.size());
    } else {
      good_ = false;
    }
    return *this;
  }
  template <class Number>
  Reader& digits(std::size_t count, Number& number) {
    number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char c = i < rest_.size() ? rest_[i] : ' ';
      if (c < '0' || c > '9') {
        good_ = false;
        return *this;
      }
      number = number * 10 + static_cast<Number>(c - '0');
    }
    rest_.remove_prefix(count);
    return *this;
  }
  /// A day of one or two columns: "6" after a blank, or "16".
  Reader& padded_day(unsigned& day) { return rest_.starts_with(' ') ? literal(" ").digits(1, day) : digits(2, day); }
  Reader& time(Parts& parts) {
    return digits(2, parts.hour).literal(":").digits(2, parts.minute).literal(":").digits(2, parts.second);
  }
  Reader& month(Parts& parts) {
    const auto found = std::ranges::find(months, rest_.substr(0, 3));
    parts.month = static_cast<unsigned>(found - months.begin()) + 1;
    return literal(found == months.end() ? "?" : *found);
  }
  /// A name of a day: its first `letters`, or all.
  Reader& weekday(std::size_t letters) {
    for (std::string_view day : days) {
      if (rest_.starts_with(day.substr(0, letters))) return literal(day.substr(0, letters));
    }
    return literal("?");
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::optional<UnixSeconds> seconds_of(const Parts& parts) {
  const chrono::year_month_day date(chrono::year(parts.year), chrono::month(parts.month), chrono::day(parts.day));
  // A second of 60 is a leap second.
  if (!date.ok() || parts.year < 1 || parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  const auto time = chrono::sys_days(date) + chrono::hours(parts.hour) + chrono::minutes(parts.minute);
  return chrono::duration_cast<chrono::seconds>(time.time_since_epoch()).count() + parts.second;
}

int year_of(UnixSeconds time) {
  return static_cast<int>(chrono::year_month_day(chrono::floor<chrono::days>(chrono::sys_seconds(chrono::seconds(time)))).year());
}

}  // namespace

std::string http_date(UnixSeconds time) {
  const chrono::sys_seconds at{chrono::seconds(time)};
  const chrono::sys_days day = chrono::floor<chrono::days>(at);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(at - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.3s, %02u %s %04d %02d:%02d:%02d GMT",
                days[chrono::weekday(day).c_encoding()].data(), static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1].data(), static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

std::optional<UnixSeconds> parse_http_date(std::string_view text, UnixSeconds now) {
  Parts today;
  if (Reader(text).weekday(3).literal(", ").digits(2, today.day).literal(" ").month(today).literal(" ")
          .digits(4, today.year).literal(" ").time(today).literal(" GMT").good()) {
    return seconds_of(today);
  }
  Parts rfc850;
  if (Reader(text).weekday(std::string_view::npos).literal(", ").digits(2, rfc850.day).literal("-").month(rfc850).literal("-")
          .digits(2, rfc850.year).literal(" ").time(rfc850).literal(" GMT").good()) {
    const int this_year = year_of(now);
    rfc850.year += this_year - this_year % 100;
    if (rfc850.year > this_year + 50) rfc850.year -= 100;
    return seconds_of(rfc850);
  }
  Parts asctime;
  if (Reader(text).weekday(3).literal(" ").month(asctime).literal(" ").padded_day(asctime.day).literal(" ").time(asctime)
          .literal(" ").digits(4, asctime.year).good()) {
    return seconds_of(asctime);
  }
  return std::nullopt;
}

}  // namespace holon::wire
