#include "env/ip.h"

#include <arpa/inet.h>

#include <array>

namespace holon::env {

std::optional<std::string> ip_bytes(std::string_view address) {
  constexpr std::size_t v4_bytes = 4;
  constexpr std::size_t v6_bytes = 16;
  constexpr std::string_view mapped_prefix("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  const std::string text(address);
  std::string bytes(v6_bytes, '\0');
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes.substr(0, v4_bytes);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return {};
  return bytes.starts_with(mapped_prefix) ? bytes.substr(mapped_prefix.size()) : bytes;
}

std::string ip_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

}  // namespace holon::env
