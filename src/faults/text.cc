#include "faults/text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

namespace holon::faults {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr Unit units[] = {{"h", 3'600'000'000'000}, {"min", 60'000'000'000}, {"s", 1'000'000'000}, {"ms", 1'000'000},
                          {"us", 1'000}};
constexpr double duration_ns_max = 366.0 * 24 * 3600 * 1e9;
constexpr double rate_max = 1e6;

/// The number that `text` begins with, and what follows it.
std::optional<std::pair<double, std::string_view>> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !(value >= 0)) return std::nullopt;
  return std::pair(value, std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end)));
}

std::optional<double> ns_of(std::string_view unit) {
  if (unit == "m") unit = "min";
  const Unit* found = std::ranges::find(units, unit, &Unit::name);
  return found == std::end(units) ? std::nullopt : std::optional(static_cast<double>(found->ns));
}

/// Where "±" stands, in UTF-8 or as it can be typed, and how long it is.
std::pair<std::size_t, std::size_t> plus_minus(std::string_view text) {
  for (std::string_view sign : {"±", "+-", "+/-"}) {
    if (const std::size_t at = text.find(sign); at != text.npos) return {at, sign.size()};
  }
  return {text.npos, 0};
}

}  // namespace

Result<env::Duration> parse_duration(std::string_view text) {
  const auto read = number(text);
  const std::optional<double> unit = read ? ns_of(read->second) : std::nullopt;
  if (!unit || read->first * *unit > duration_ns_max) {
    return invalid_argument(std::string(text) + ": write a time, as 200ms, 1.5s, 5min or 2h");
  }
  return env::Duration(static_cast<std::int64_t>(read->first * *unit));
}

std::string duration_text(env::Duration duration) {
  const std::int64_t ns = duration.count();
  for (const Unit& unit : units) {
    if (ns != 0 && ns % unit.ns == 0) return std::to_string(ns / unit.ns) + std::string(unit.name);
  }
  return std::to_string(ns / 1000) + "us";
}

Result<Delay> parse_delay(std::string_view text) {
  const auto [at, length] = plus_minus(text);
  Delay delay;
  delay.mean = HOLON_TRY(parse_duration(text.substr(0, at)));
  if (at != text.npos) delay.jitter = HOLON_TRY(parse_duration(text.substr(at + length)));
  if (delay.mean.count() == 0) return invalid_argument(std::string(text) + ": write a delay above zero, as 200ms±50ms");
  if (delay.jitter > delay.mean) {
    return invalid_argument(std::string(text) + ": no call can be early; write at most as much behind ± as before it");
  }
  return delay;
}

Result<double> parse_rate(std::string_view text) {
  const auto read = number(text);
  const std::optional<double> unit = read && read->second.starts_with('/') ? ns_of(read->second.substr(1)) : std::nullopt;
  const double rate = unit ? read->first * 1e9 / *unit : 0;
  if (!(rate > 0) || rate > rate_max) return invalid_argument(std::string(text) + ": write how many calls go on, as 10/s or 90/min");
  return rate;
}

Result<Code> parse_code(std::string_view text) {
  std::string name(text);
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (int number = 1; number <= static_cast<int>(Code::unauthenticated); ++number) {
    const Code code = static_cast<Code>(number);
    if (name == code_name(code) || name == std::to_string(number)) return code;
  }
  return invalid_argument(std::string(text) + " is no gRPC code of an error; write one as unavailable, deadline_exceeded or internal");
}

}  // namespace holon::faults
