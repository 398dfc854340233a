// Numbers as JSON writes them (RFC 8259, section 6), exactly: "1e3" is the whole number 1000, and 0.1 as a float comes back as
// 0.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holon::contract {

/// Reads a whole number that `N` (32 or 64 bits, signed or not) has. Fraction and exponent are fine if the value is whole. False
/// if `text` is no number, none that is whole, or beyond N.
template <class N>
bool read_whole(std::string_view text, N& into);
extern template bool read_whole(std::string_view, std::int32_t&);
extern template bool read_whole(std::string_view, std::int64_t&);
extern template bool read_whole(std::string_view, std::uint32_t&);
extern template bool read_whole(std::string_view, std::uint64_t&);

/// The same, of digits alone: no fraction, no exponent, no "-0". So a number has one text.
template <class N>
bool read_digits(std::string_view text, N& into) {
  return text != "-0" && text.find_first_of(".eE") == text.npos && read_whole(text, into);
}

/// Reads the nearest number that `N` (float or double) has. False if `text` is no number, or beyond the largest.
template <class N>
bool read_real(std::string_view text, N& into);
extern template bool read_real(std::string_view, float&);
extern template bool read_real(std::string_view, double&);

/// Appends the shortest text that is read as the same; NaN and the infinities as strings: "NaN", "Infinity".
template <class N>
void append_real(std::string& out, N number);
extern template void append_real(std::string&, float);
extern template void append_real(std::string&, double);

}  // namespace holon::contract
