// The entity tag of bytes that a program holds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holon::gateway {

/// Another content has another tag (FNV-1a); a collision would take two versions that somebody made for it.
inline std::string content_tag(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001B3;
  return '"' + std::to_string(hash) + '"';
}

}  // namespace holon::gateway
