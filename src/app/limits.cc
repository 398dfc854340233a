#include "app/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace holon::app {
namespace {

using Field = Limit::Field;

constexpr std::uint64_t number_max = 2'147'483'647;  // what HTTP/2's windows and settings take
constexpr auto time_max = std::chrono::hours(24 * 366);

#define HOLON_LIMIT(member) [](HostLimits& limits) -> Field { return &limits.member; }

constexpr Limit all[] = {
    {"connections_max", "connections in all", HOLON_LIMIT(server.connections_max)},
    {"connections_per_peer_max", "connections from one IP address", HOLON_LIMIT(server.connections_per_peer_max)},
    {"calls_max", "calls in flight or queued, per loop", HOLON_LIMIT(server.calls_max)},
    {"running_max", "calls of one service that have begun, per loop; how many do it good is learned",
     HOLON_LIMIT(server.admission.running_max)},
    {"queue_target", "for a call's turn in overload, where calls are short themselves", HOLON_LIMIT(server.admission.queue_target)},
    {"queue_patience", "without a call that began in time; that is overload", HOLON_LIMIT(server.admission.queue_patience), 1, true},
    {"unread_bytes_max", "finished replies that a connection's client has not taken; above it none of its calls starts",
     HOLON_LIMIT(server.unread_bytes_max)},
    {"request_time", "for a request without deadline", HOLON_LIMIT(server.request_time)},
    {"idle_time", "of a connection without a call", HOLON_LIMIT(server.idle_time), 1, true},
    {"age_max", "of a connection", HOLON_LIMIT(server.age_max), 1, true},
    {"age_grace", "for what has begun on a connection that is too old", HOLON_LIMIT(server.age_grace)},
    {"preface_time", "for TLS, preface and settings", HOLON_LIMIT(server.link.preface_time)},
    {"frame_time", "for a frame or header block", HOLON_LIMIT(server.link.frame_time), 1, true},
    {"write_time", "without progress of what waits to be taken", HOLON_LIMIT(server.link.write_time), 1, true},
    {"keepalive_time", "of silence before a client is asked whether it lives",
     HOLON_LIMIT(server.link.keepalive_time), 1, true},
    {"keepalive_timeout", "for its answer", HOLON_LIMIT(server.link.keepalive_timeout)},
    {"streams_max", "concurrent streams of a connection", HOLON_LIMIT(server.http2.streams_max)},
    {"header_list_bytes_max", "a header block, decoded", HOLON_LIMIT(server.http2.header_list_bytes_max), 1024},
    {"stream_window_bytes", "what a client may send ahead on a stream",
     HOLON_LIMIT(server.http2.stream_window_bytes), 1024},
    {"connection_window_bytes", "the same of a connection", HOLON_LIMIT(server.http2.connection_window_bytes), 65'535},
    {"resets", "streams that end by an error", HOLON_LIMIT(server.http2.resets)},
    {"unread_resets", "such streams beside that, if they have a deadline, for the time in which nothing was read of their connection",
     HOLON_LIMIT(server.http2.unread_resets)},
    {"settings", "SETTINGS frames", HOLON_LIMIT(server.http2.settings)},
    {"pings", "PING frames", HOLON_LIMIT(server.http2.pings)},
    {"client.connections_max", "connections to one endpoint, per loop", HOLON_LIMIT(client.connections_max)},
    {"client.idle_time", "of a connection without a call", HOLON_LIMIT(client.idle_time)},
    {"client.spare_idle_time", "of one beyond the first", HOLON_LIMIT(client.spare_idle_time)},
    {"client.back_off_first", "after the first failure to connect", HOLON_LIMIT(client.back_off_first)},
    {"client.back_off_most", "between two attempts to connect", HOLON_LIMIT(client.back_off_most)},
    {"client.silence_time", "without a byte of an answer before a server is asked whether it lives, and for its answer to that",
     HOLON_LIMIT(client.link.silence_time), 1, true},
    {"client.slow_connect_time", "before an endpoint that does not connect is passed over, if there are others",
     HOLON_LIMIT(client.slow_connect_time)},
    {"client.absence_time", "that calls wait for an endpoint that has just gone", HOLON_LIMIT(client.absence_time)},
    {"client.attempts_max", "of one call", HOLON_LIMIT(client.attempts_max)},
    {"client.hedges_max", "beside an attempt whose answer is late: 0 or 1", HOLON_LIMIT(client.hedges_max), 0},
    {"client.retry_wait_first", "at most, before the second attempt", HOLON_LIMIT(client.retry_wait_first)},
    {"client.retry_wait_most", "at most, before any", HOLON_LIMIT(client.retry_wait_most)},
    {"client.retry_budget_percent", "of a caller's calls to a service that may be attempts beyond their first",
     HOLON_LIMIT(client.retry_budget.percent), 0},
    {"client.retry_budget_per_second", "such attempts beside that, per loop", HOLON_LIMIT(client.retry_budget.per_second), 0},
    {"client.breaker_absences", "in a row, after which an endpoint is left out", HOLON_LIMIT(client.breaker.absences_in_a_row)},
    {"client.breaker_failure_percent", "of an endpoint's calls within 10 s, from which on it is left out",
     HOLON_LIMIT(client.breaker.failure_percent)},
    {"client.breaker_calls_min", "within 10 s, to judge by", HOLON_LIMIT(client.breaker.calls_min)},
    {"client.breaker_open_first", "for which it is left out at first, doubled from time to time",
     HOLON_LIMIT(client.breaker.open_first)},
    {"client.breaker_open_most", "for which it is, at most", HOLON_LIMIT(client.breaker.open_most)},
    {"client.balance", "between replicas of a service whose contract does not say it: two_choices, round_robin or prequal",
     HOLON_LIMIT(client.balance)},
    {"client.near_first", "1: replicas on the own node, then those of the zone, before others; 0: all alike",
     HOLON_LIMIT(client.near_first), 0},
    {"client.preface_time", "until a server's settings have come", HOLON_LIMIT(client.link.preface_time)},
    {"client.keepalive_time", "of silence before a server is asked whether it lives",
     HOLON_LIMIT(client.link.keepalive_time), 1, true},
    {"client.keepalive_timeout", "for its answer", HOLON_LIMIT(client.link.keepalive_timeout)},
};

#undef HOLON_LIMIT

constexpr std::pair<std::string_view, client::Balance> balances[] = {{"two_choices", client::Balance::two_choices},
                                                                     {"round_robin", client::Balance::round_robin},
                                                                     {"prequal", client::Balance::prequal}};

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
// The larger first, but `ms` before `s`: a unit is what a value ends with.
constexpr Unit sizes[] = {{"MiB", 1 << 20}, {"KiB", 1 << 10}};
constexpr Unit times[] = {{"ms", 1'000'000}, {"min", 60'000'000'000}, {"h", 3'600'000'000'000}, {"s", 1'000'000'000}};

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool fine = error == std::errc() && end == text.data() + text.size() && value >= 0;
  return fine ? std::optional(value) : std::nullopt;
}

/// What is no unit's, too large, or no number is nothing.
std::optional<std::int64_t> measured(std::string_view text, std::span<const Unit> units, std::int64_t most) {
  for (const Unit& unit : units) {
    if (!text.ends_with(unit.name)) continue;
    std::optional<std::int64_t> count = whole(text.substr(0, text.size() - unit.name.size()));
    if (!count || *count > most / unit.factor) return std::nullopt;
    return *count * unit.factor;
  }
  return std::nullopt;
}

bool counts_bytes(const Limit& limit) { return limit.name.find("bytes") != std::string_view::npos; }

template <class Number>
bool read(const Limit& limit, std::string_view text, Number& into) {
  std::optional<std::int64_t> value = whole(text);
  if (!value && counts_bytes(limit)) value = measured(text, sizes, number_max);
  if (!value || *value < limit.least || *value > static_cast<std::int64_t>(number_max)) return false;
  into = static_cast<Number>(*value);
  return true;
}

bool read(const Limit& limit, std::string_view text, env::Duration& into) {
  if (text == "never" && limit.may_be_never) {
    into = wire::never;
    return true;
  }
  std::optional<std::int64_t> ns = measured(text, times, std::chrono::nanoseconds(time_max).count());
  if (!ns || *ns == 0) return false;
  into = std::chrono::nanoseconds(*ns);
  return true;
}

bool read(const Limit&, std::string_view text, wire::Rate& into) {
  std::size_t plus = text.find('+');
  if (plus == std::string_view::npos || !text.ends_with("/s")) return false;
  std::optional<std::int64_t> burst = whole(text.substr(0, plus));
  std::optional<std::int64_t> per_second = whole(text.substr(plus + 1, text.size() - plus - 3));
  if (!burst || !per_second || *burst == 0 || *burst > 1'000'000'000 || *per_second > 1'000'000'000) return false;
  into = {*burst, *per_second};
  return true;
}

bool read(const Limit&, std::string_view text, client::Balance& into) {
  const auto* known = std::ranges::find(balances, text, [](const auto& each) { return each.first; });
  if (known == std::end(balances)) return false;
  into = known->second;
  return true;
}

std::string remedy(const Limit& limit, const Field& field) {
  if (std::holds_alternative<env::Duration*>(field)) {
    return std::string("write a time above zero, as 500ms, 20s, 5min or 2h") + (limit.may_be_never ? ", or never" : "");
  }
  if (std::holds_alternative<wire::Rate*>(field)) return "write a burst and a rate, as 1000+100/s";
  if (std::holds_alternative<client::Balance*>(field)) return "write two_choices, round_robin or prequal";
  return "write a number from " + std::to_string(limit.least) + " to " + std::to_string(number_max) +
         (counts_bytes(limit) ? ", or a size as 64KiB or 1MiB" : "");
}

std::string in_units(std::int64_t value, std::span<const Unit> units) {
  const Unit* best = nullptr;
  for (const Unit& unit : units) {
    if (value % unit.factor == 0 && (best == nullptr || unit.factor > best->factor)) best = &unit;
  }
  if (best == nullptr || value == 0) return std::to_string(value);
  return std::to_string(value / best->factor) + std::string(best->name);
}

std::string text_of(const Limit& limit, std::size_t value) {
  return counts_bytes(limit) ? in_units(static_cast<std::int64_t>(value), sizes) : std::to_string(value);
}
std::string text_of(const Limit&, env::Duration value) {
  return value == wire::never ? "never" : in_units(std::chrono::nanoseconds(value).count(), times);
}
std::string text_of(const Limit&, client::Balance value) {
  const auto* known = std::ranges::find(balances, value, [](const auto& each) { return each.second; });
  return std::string(known->first);
}
std::string text_of(const Limit&, const wire::Rate& rate) {
  return std::to_string(rate.burst) + "+" + std::to_string(rate.per_second) + "/s";
}

}  // namespace

std::span<const Limit> limits() { return all; }

Result<void> set_limit(HostLimits& limits, std::string_view name, std::string_view value) {
  const Limit* limit = std::ranges::find(all, name, &Limit::name);
  if (limit == std::end(all)) {
    std::string known;
    for (const Limit& each : all) known += (known.empty() ? "" : ", ") + std::string(each.name);
    return invalid_argument("there is no limit " + std::string(name) + "; there is " + known);
  }
  Field field = limit->field(limits);
  if (std::visit([&](auto* into) { return read(*limit, value, *into); }, field)) return {};
  return invalid_argument("limit " + std::string(name) + "=" + std::string(value) + ": " + remedy(*limit, field));
}

std::string value_of(const Limit& limit, HostLimits& limits) {
  return std::visit([&](const auto* value) { return text_of(limit, *value); }, limit.field(limits));
}

}  // namespace holon::app
