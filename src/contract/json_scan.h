// What the reader and the writer of JSON look for in bytes, eight at a time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace holon::contract {

/// Bytes at the start of `text` that stand for themselves in a JSON string: ASCII, and no quote, backslash or control.
inline std::size_t plain_prefix(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x8080808080808080;
  const auto zero_bytes = [](std::uint64_t word) { return (word - ones) & ~word; };  // the lowest top bit is exact
  std::size_t at = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; at + 8 <= text.size(); at += 8) {
      std::uint64_t word;
      std::memcpy(&word, text.data() + at, 8);
      const std::uint64_t controls = (word - ones * 0x20) & ~word;
      const std::uint64_t found =
          (word | controls | zero_bytes(word ^ ones * '"') | zero_bytes(word ^ ones * '\\')) & tops;
      if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    }
  }
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') break;
  }
  return at;
}

/// A number (RFC 8259, section 6) at the start of a text.
struct NumberScan {
  std::size_t size;  ///< where it ends; if it is not good, where something else should be
  bool good;
};

inline NumberScan scan_number(std::string_view text) {
  std::size_t at = 0;
  const auto is = [&](char c) { return at < text.size() && text[at] == c; };
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > start;
  };
  if (is('-')) ++at;
  const bool zero = is('0');
  const std::size_t whole = at;
  if (!digits()) return {at, false};
  if (zero && at > whole + 1) return {whole, false};
  if (is('.') && (++at, !digits())) return {at, false};
  if (is('e') || is('E')) {
    ++at;
    if (is('+') || is('-')) ++at;
    if (!digits()) return {at, false};
  }
  return {at, true};
}

inline bool is_json_number(std::string_view text) {
  const NumberScan scan = scan_number(text);
  return scan.good && scan.size == text.size();
}

}  // namespace holon::contract
