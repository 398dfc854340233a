// A PROXY header of any kind: how it is cut makes no difference, it is bounded, and its origin is an address.
#include <algorithm>

#include "server/proxy_protocol.h"
#include "tests/fuzz/fuzz.h"

std::vector<std::string> holon::fuzz_seeds() {
  const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
  const std::string v4("\xc0\x00\x02\x07\xc0\x00\x02\x01\x12\x67\x01\xbb", 12);
  return {
      "\1PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\nGET /",
      "\3PROXY TCP6 2001:db8::1 ::1 4711 443\r\nGET /",
      "\2PROXY UNKNOWN ffff::1\r\n",
      "\5" + signature + std::string("\x21\x11\x00\x0c", 4) + v4 + "GET /",
      "\7" + signature + std::string("\x21\x21\x00\x24", 4) + std::string(36, '\1'),
      "\4" + signature + std::string("\x20\x00\x00\x00", 4),
  };
}

/// The first byte says how the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using holon::fuzz_require;
  using holon::server::ProxyHeader;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 16;
  ProxyHeader whole, cut;
  const std::size_t taken = whole.take(input);
  std::size_t taken_cut = 0;
  for (std::size_t at = 0; at < input.size() && taken_cut == at; at += piece) taken_cut += cut.take(input.substr(at, piece));
  fuzz_require(taken <= 16 + ProxyHeader::content_bytes_max, "a header is bounded");
  fuzz_require(!(whole.complete() && !whole.wrong().empty()), "it is complete or wrong");
  fuzz_require(whole.complete() == cut.complete() && whole.wrong() == cut.wrong() && whole.origin() == cut.origin(),
               "cuts make no difference");
  fuzz_require(!whole.complete() || taken == taken_cut, "what is behind it stays");
  fuzz_require(whole.origin().find_first_not_of("0123456789abcdef.:[]") == std::string::npos, "an origin is an address");
  return 0;
}
