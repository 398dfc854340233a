#include <arpa/inet.h>

#include <charconv>

#include "env/reactor.h"

namespace holon::env {
namespace {

Error malformed(std::string_view text, std::string_view what) {
  return invalid_argument("address \"" + std::string(text) + "\": " + std::string(what) +
                          "; write unix:/path, HOST:PORT with an IP address or localhost, or fd:N");
}

std::optional<int> number(std::string_view text, int most) {
  int value = -1;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most) return std::nullopt;
  return value;
}

}  // namespace

bool is_ip_address(const std::string& host) {
  in6_addr scratch;
  return inet_pton(AF_INET, host.c_str(), &scratch) == 1 || inet_pton(AF_INET6, host.c_str(), &scratch) == 1;
}

Result<Address> Address::parse(std::string_view text) {
  Address address;
  if (text.starts_with("unix:")) {
    address.kind = Kind::unix_path;
    address.host = text.substr(5);
    if (address.host.empty()) return malformed(text, "the path is missing");
    if (address.host.size() > 107) return malformed(text, "a Unix socket's path has at most 107 bytes");
    return address;
  }
  if (text.starts_with("fd:")) {
    std::optional<int> descriptor = number(text.substr(3), 1 << 20);
    if (!descriptor) return malformed(text, "the descriptor is no number");
    address.kind = Kind::descriptor;
    address.port = *descriptor;
    return address;
  }
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed(text, "the port is missing");
  std::optional<int> port = number(text.substr(colon + 1), 65535);
  if (!port) return malformed(text, "the port is no number from 0 to 65535");
  address.port = *port;
  address.host = text.substr(0, colon);
  if (address.host == "localhost") address.host = "127.0.0.1";
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  if (!is_ip_address(address.host)) return malformed(text, "the host is no IP address");
  return address;
}

std::string Address::to_string() const {
  switch (kind) {
    case Kind::unix_path:
      return "unix:" + host;
    case Kind::descriptor:
      return "fd:" + std::to_string(port);
    case Kind::ip:
      break;
  }
  bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace holon::env
