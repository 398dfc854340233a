// Structured logs: one JSON object a line on standard error, with the trace of the call that speaks.
//
//   holon::log::info(call, "order placed", {{"order", order.id()}, {"total", total}});
//
// {"time":"2026-01-31T12:00:00.123456Z","level":"info","service":"shop.Checkout","method":"shop.Checkout/PlaceOrder",
//  "trace_id":"…","span_id":"…","message":"order placed","order":"o-17","total":"12.30"}
//
// Any thread may log. A line that does not fit the pipe at once is dropped and counted, never waited for.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "holon/call.h"

namespace holon::log {

enum class Level { debug, info, warning, error };

/// A name and a value; numbers and booleans stay such in the JSON.
struct Field {
  std::string_view name;
  std::string value;
  bool quoted = true;

  Field(std::string_view field, std::string_view text) : name(field), value(text) {}
  Field(std::string_view field, const std::string& text) : name(field), value(text) {}
  Field(std::string_view field, const char* text) : name(field), value(text) {}
  Field(std::string_view field, bool flag) : name(field), value(flag ? "true" : "false"), quoted(false) {}
  template <class N>
    requires(std::integral<N> || std::floating_point<N>)
  Field(std::string_view field, N number) : name(field), value(std::to_string(number)), quoted(false) {}
};
using Fields = std::initializer_list<Field>;

void debug(const Call& call, std::string_view message, Fields fields = {});
void info(const Call& call, std::string_view message, Fields fields = {});
void warning(const Call& call, std::string_view message, Fields fields = {});
void error(const Call& call, std::string_view message, Fields fields = {});

/// Outside of any call.
void write(Level level, std::string_view message, Fields fields = {});

/// Lines below `level` are not written; `info` at start, or what the environment's HOLON_LOG says.
void set_level(Level level);

}  // namespace holon::log
