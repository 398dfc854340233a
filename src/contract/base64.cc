#include "contract/base64.h"

#include <array>
#include <cstdint>

namespace holon::contract {
namespace {

constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t none = 0xFF;

using Values = std::array<std::uint8_t, 256>;

constexpr Values values_of(char for_62, char for_63) {
  Values values{};
  values.fill(none);
  for (std::size_t i = 0; i < 62; ++i) values[static_cast<unsigned char>(standard[i])] = static_cast<std::uint8_t>(i);
  values[static_cast<unsigned char>(for_62)] = 62;
  values[static_cast<unsigned char>(for_63)] = 63;
  return values;
}
constexpr Values standard_values = values_of('+', '/');
constexpr Values url_values = values_of('-', '_');

}  // namespace

bool base64_decode(std::string_view text, std::string& bytes) {
  const Values& values = text.find_first_of("-_") == text.npos ? standard_values : url_values;
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return false;
  bytes.resize(text.size() / 4 * 3 + (text.size() % 4 == 0 ? 0 : text.size() % 4 - 1));
  char* to = bytes.data();
  std::uint32_t kept = 0;
  int bits = 0;
  for (char c : text) {
    const std::uint8_t value = values[static_cast<unsigned char>(c)];
    if (value == none) return false;
    kept = kept << 6 | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    *to++ = static_cast<char>(kept >> bits & 0xFF);
  }
  return true;
}

void append_base64(std::string& out, std::string_view bytes) {
  const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(bytes[at])}; };
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  const auto put = [&](std::uint32_t three, int characters) {
    for (int i = 0; i < characters; ++i) out += standard[three >> (18 - 6 * i) & 63];
  };
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) put(byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2), 4);
  if (bytes.size() - at == 1) put(byte(at) << 16, 2), out += "==";
  if (bytes.size() - at == 2) put(byte(at) << 16 | byte(at + 1) << 8, 3), out += '=';
}

}  // namespace holon::contract
