// The encodings of single header values.
#include <array>
#include <charconv>
#include <limits>

#include "wire/grpc.h"

namespace holon::wire {
namespace {

constexpr std::size_t timeout_digits_max = 8;

struct Unit {
  char name;
  std::int64_t nanoseconds;
};
constexpr std::array<Unit, 6> units = {{{'n', 1},
                                        {'u', 1'000},
                                        {'m', 1'000'000},
                                        {'S', 1'000'000'000},
                                        {'M', 60'000'000'000},
                                        {'H', 3'600'000'000'000}}};

/// -1 for what is no digit. Only lower case where `upper` is false.
constexpr int hex_value(char c, bool upper) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (upper && c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Values of lower-case digits, and 16 for all else.
constexpr std::array<std::uint8_t, 256> make_hex_values() {
  std::array<std::uint8_t, 256> values{};
  for (int i = 0; i < 256; ++i) {
    int value = hex_value(static_cast<char>(i), false);
    values[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value < 0 ? 16 : value);
  }
  return values;
}
constexpr std::array<std::uint8_t, 256> hex_values = make_hex_values();

/// Lower-case digits only, as the trace context demands.
bool read_hex(std::string_view text, std::uint64_t& into) {
  into = 0;
  std::uint8_t seen = 0;
  for (char c : text) {
    std::uint8_t value = hex_values[static_cast<unsigned char>(c)];
    seen |= value;
    into = into << 4 | (value & 15);
  }
  return seen < 16;
}

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_base64_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < base64_digits.size(); ++i) {
    values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr std::array<std::int8_t, 256> base64_values = make_base64_values();

}  // namespace

std::string encode_timeout(std::chrono::nanoseconds timeout) {
  std::int64_t left = std::max<std::int64_t>(timeout.count(), 1);
  for (const Unit& unit : units) {
    std::int64_t count = left / unit.nanoseconds + (left % unit.nanoseconds != 0 ? 1 : 0);
    if (count <= 99'999'999) return std::to_string(count) + unit.name;
  }
  return "99999999H";
}

std::optional<std::chrono::nanoseconds> decode_timeout(std::string_view text) {
  if (text.size() < 2 || text.size() > timeout_digits_max + 1) return {};
  std::int64_t count = 0;
  for (char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return {};
    count = count * 10 + (c - '0');
  }
  for (const Unit& unit : units) {
    if (unit.name != text.back()) continue;
    if (count > std::numeric_limits<std::int64_t>::max() / unit.nanoseconds) return std::chrono::nanoseconds::max();
    return std::chrono::nanoseconds(count * unit.nanoseconds);
  }
  return {};
}

// A blank at either end is encoded too: a field's value has none there (RFC 9113, 8.2.1).
std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char& c : text) {
    auto byte = static_cast<unsigned char>(c);
    const bool at_an_end = &c == &text.front() || &c == &text.back();
    if (byte >= 0x20 && byte <= 0x7e && c != '%' && !(c == ' ' && at_an_end)) {
      out += c;
    } else {
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

/// What is no escape stays as it is: a broken message is better than none.
std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1], true) : -1;
    int low = high >= 0 ? hex_value(text[i + 2], true) : -1;
    if (low >= 0) {
      out += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<TraceContext> parse_traceparent(std::string_view text) {
  constexpr std::size_t size_of_version_0 = 55;
  if (text.size() < size_of_version_0 || text[2] != '-' || text[35] != '-' || text[52] != '-') return {};
  std::uint64_t version = 0;
  std::uint64_t flags = 0;
  TraceContext trace;
  bool read = read_hex(text.substr(0, 2), version) && read_hex(text.substr(3, 16), trace.trace_high) &&
              read_hex(text.substr(19, 16), trace.trace_low) && read_hex(text.substr(36, 16), trace.span) &&
              read_hex(text.substr(53, 2), flags);
  if (!read || version == 0xff) return {};
  if (text.size() > size_of_version_0 && (version == 0 || text[size_of_version_0] != '-')) return {};
  if ((trace.trace_high | trace.trace_low) == 0 || trace.span == 0) return {};
  trace.sampled = (flags & 1) != 0;
  return trace;
}

std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t kept = 0;
  int bits = 0;
  for (char c : bytes) {
    kept = kept << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += base64_digits[kept >> (bits - 6) & 63];
  }
  if (bits > 0) out += base64_digits[kept << (6 - bits) & 63];
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return {};
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t kept = 0;
  int bits = 0;
  for (char c : text) {
    int value = base64_values[static_cast<unsigned char>(c)];
    if (value < 0) return {};
    kept = kept << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(kept >> bits & 255);
  }
  return out;
}

}  // namespace holon::wire
