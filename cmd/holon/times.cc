#include "cmd/holon/times.h"

#include <array>
#include <charconv>
#include <ctime>
#include <optional>

namespace holon::cli {
namespace {

constexpr std::int64_t ago_s_max = 100LL * 365 * 86400;

/// "10m" in seconds.
std::optional<std::int64_t> span_s(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end + 1 != text.data() + text.size() || number < 0 || number > ago_s_max) return std::nullopt;
  for (const auto& [unit, s] : {std::pair('s', 1), {'m', 60}, {'h', 3600}, {'d', 86400}}) {
    if (*end == unit) return std::min(number * s, ago_s_max);
  }
  return std::nullopt;
}

std::optional<std::int64_t> rfc3339_s(const std::string& text) {
  std::tm time{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &time);
  if (rest == nullptr) return std::nullopt;
  if (*rest == '.') {
    for (++rest; *rest >= '0' && *rest <= '9';) ++rest;
  }
  int hours = 0, minutes = 0, read = 0;
  std::array<char, 2> sign{};
  const bool utc = std::string(rest) == "Z" || std::string(rest) == "z";
  const bool offset = std::sscanf(rest, "%1[+-]%2d:%2d%n", sign.data(), &hours, &minutes, &read) == 3 && rest[read] == '\0';
  if (!utc && !offset) return std::nullopt;
  const std::int64_t east_s = (hours * 60 + minutes) * 60 * (sign[0] == '-' ? -1 : 1);
  return ::timegm(&time) - east_s;
}

}  // namespace

Result<std::int64_t> since_unix_ms(const std::string& text, env::Environment& world) {
  if (text.empty()) return std::int64_t{0};
  if (const std::optional<std::int64_t> time = rfc3339_s(text)) return *time * 1000;
  if (const std::optional<std::int64_t> ago = span_s(text)) {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(world.wall().time_since_epoch()).count();
    return std::max<std::int64_t>(1, now - *ago * 1000);
  }
  return invalid_argument("--since " + text + ": write how long ago, as 30s, 10m, 2h or 3d, or a time, as 2026-02-24T18:00:00Z");
}

std::string clock_text(std::int64_t unix_us) {
  const std::time_t seconds = unix_us / 1'000'000;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%03d", local.tm_hour, local.tm_min, local.tm_sec,
                static_cast<int>(unix_us / 1000 % 1000));
  return text.data();
}

}  // namespace holon::cli
