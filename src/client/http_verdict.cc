#include "client/http_verdict.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Nobody waits so long on a client's behalf.
constexpr seconds too_long = std::chrono::hours(24);

/// A date is too long, too: it is exact to the second, and clocks differ.
std::optional<milliseconds> push_back_of(std::string_view retry_after) {
  if (retry_after.empty()) return {};
  std::int64_t count = 0;
  const char* const end = retry_after.data() + retry_after.size();
  const auto [rest, error] = std::from_chars(retry_after.data(), end, count);
  const bool is_number = error == std::errc() && rest == end && count >= 0;
  return is_number ? seconds(std::min(count, too_long.count())) : too_long;
}

}  // namespace

Outcome outcome_of(int status) {
  const bool incapable = status == 501 || status == 505;  // of the method, or the version: whoever asks for that
  return status >= 500 && !incapable ? Outcome::failed : Outcome::good;
}

std::optional<Failure> failure_of(int status, std::string_view retry_after) {
  const std::optional<milliseconds> push_back = push_back_of(retry_after);
  if (status == 503) return Failure{.code = Code::unavailable, .push_back = push_back};
  if (status == 429 && push_back) return Failure{.code = Code::resource_exhausted, .push_back = push_back};
  return {};
}

}  // namespace holon::client
