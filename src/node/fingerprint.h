// A fingerprint of some texts: to name files and to notice changes, not against anybody who means harm (FNV-1a, 64
// bits).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holon::node {

class Fingerprint {
 public:
  Fingerprint& add(std::string_view text) {
    for (unsigned char byte : text) mix(byte);
    mix(0);  // "ab" + "c" differs from "a" + "bc"
    return *this;
  }
  /// 16 lower-case hex digits.
  std::string hex() const {
    std::string text(16, '0');
    for (int digit = 0; digit < 16; ++digit) text[digit] = "0123456789abcdef"[(hash_ >> (60 - 4 * digit)) & 15];
    return text;
  }

 private:
  void mix(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }

  std::uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace holon::node
