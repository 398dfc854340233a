#include "contract/json_number.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "contract/json_scan.h"

namespace holon::contract {
namespace {

constexpr int digits_max = 20;  // of 2^64

/// A number's first digits but for zeros before and after them: 1.250e3 is 125, of which the point is at 4 from their start.
struct Decimal {
  bool negative = false;
  unsigned __int128 digits = 0;
  int count = 0;          ///< of digits
  bool longer = false;    ///< there are more than were kept
  std::int64_t point = 0;

  /// @param text  is a number
  explicit Decimal(std::string_view text);

 private:
  void digit(int value);
  int zeros_ = 0;  ///< after the digits so far
};

Decimal::Decimal(std::string_view text) {
  std::size_t at = 0;
  if (text[0] == '-') negative = true, at = 1;
  bool fraction = false;
  for (; at < text.size() && (text[at] | 0x20) != 'e'; ++at) {
    if (text[at] == '.') {
      fraction = true;
      continue;
    }
    const bool leading = count == 0 && text[at] == '0';
    if (fraction ? leading : !leading) point += fraction ? -1 : 1;
    digit(text[at] - '0');
  }
  if (at == text.size()) return;
  std::int64_t exponent = 0;
  const std::string_view written = text.substr(text[at + 1] == '+' ? at + 2 : at + 1);
  const auto read = std::from_chars(written.data(), written.data() + written.size(), exponent);
  constexpr std::int64_t far = 1'000'000'000'000;  // more than any text has digits
  if (read.ec == std::errc::result_out_of_range || exponent > far) exponent = written[0] == '-' ? -far : far;
  point += std::max(exponent, -far);
}

void Decimal::digit(int value) {
  if (value == 0) {
    if (count > 0) ++zeros_;
    return;
  }
  if (longer || count + zeros_ + 1 > digits_max) {
    longer = true;
    return;
  }
  for (; zeros_ > 0; --zeros_, ++count) digits *= 10;
  digits = digits * 10 + static_cast<unsigned>(value);
  ++count;
}

/// The absolute value, if it is whole and has 64 bits.
bool magnitude(const Decimal& number, std::uint64_t& into) {
  into = 0;
  if (number.count == 0) return true;
  if (number.longer || number.point > digits_max || number.point < number.count) return false;
  unsigned __int128 value = number.digits;
  for (std::int64_t i = number.count; i < number.point; ++i) value *= 10;
  if (value > std::numeric_limits<std::uint64_t>::max()) return false;
  into = static_cast<std::uint64_t>(value);
  return true;
}

template <class N>
bool within(bool negative, std::uint64_t magnitude, N& into) {
  const auto largest = static_cast<std::uint64_t>(std::numeric_limits<N>::max());
  if (!negative) {
    if (magnitude > largest) return false;
    into = static_cast<N>(magnitude);
    return true;
  }
  if (magnitude > (std::is_signed_v<N> ? largest + 1 : 0)) return false;
  into = static_cast<N>(0 - magnitude);
  return true;
}

/// Whether the text is a few digits, as nearly all are.
bool read_few_digits(std::string_view text, std::uint64_t& into) {
  if (text.empty() || text.size() > 18 || (text[0] == '0' && text.size() > 1)) return false;
  std::uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  into = value;
  return true;
}

}  // namespace

template <class N>
bool read_whole(std::string_view text, N& into) {
  std::uint64_t value = 0;
  const bool negative = text.starts_with('-');
  if (read_few_digits(text.substr(negative ? 1 : 0), value)) return within(negative, value, into);
  return is_json_number(text) && magnitude(Decimal(text), value) && within(negative, value, into);
}
template bool read_whole(std::string_view, std::int32_t&);
template bool read_whole(std::string_view, std::int64_t&);
template bool read_whole(std::string_view, std::uint32_t&);
template bool read_whole(std::string_view, std::uint64_t&);

template <class N>
bool read_real(std::string_view text, N& into) {
  if (!is_json_number(text)) return false;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), into);
  if (problem == std::errc()) return std::isfinite(into);
  if (Decimal(text).point > 0) return false;
  into = text[0] == '-' ? -N{} : N{};  // too small is nearest to 0
  return true;
}
template bool read_real(std::string_view, float&);
template bool read_real(std::string_view, double&);

template <class N>
void append_real(std::string& out, N number) {
  if (std::isnan(number)) {
    out += "\"NaN\"";
  } else if (std::isinf(number)) {
    out += number < 0 ? "\"-Infinity\"" : "\"Infinity\"";
  } else if (number == 0 && std::signbit(number)) {
    out += "-0.0";  // some read "-0" as a whole number, which has no sign
  } else {
    char text[32];
    out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
  }
}
template void append_real(std::string&, float);
template void append_real(std::string&, double);

}  // namespace holon::contract
