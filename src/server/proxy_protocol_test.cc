#include "server/proxy_protocol.h"

#include "wire/http2_raw.h"

namespace holon::server {
namespace {

using wire::raw::big_endian;

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string binary(int command, int family, const std::string& content) {
  return signature + static_cast<char>(command) + static_cast<char>(family) + big_endian(content.size(), 2) + content;
}
/// 192.0.2.7:4711 to 192.0.2.1:443
const std::string v4("\xc0\x00\x02\x07\xc0\x00\x02\x01\x12\x67\x01\xbb", 12);
const std::string v6 = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\1' + std::string(16, '\0')
    + "\x12\x67\x01\xbb";

struct Case {
  std::string header;
  std::string origin;  ///< "wrong" if it is refused
};

std::vector<Case> cases() {
  return {
      {"PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n", "192.0.2.7:4711"},
      {"PROXY TCP6 2001:db8::1 ::1 4711 443\r\n", "[2001:db8::1]:4711"},
      {"PROXY TCP6 2001:0DB8:0:0::1 ::1 0 65535\r\n", "[2001:db8::1]:0"},
      {"PROXY UNKNOWN\r\n", ""},
      {"PROXY UNKNOWN whatever it says\r\n", ""},
      {binary(0x21, 0x11, v4), "192.0.2.7:4711"},
      {binary(0x21, 0x11, v4 + std::string("\x04\x00\x01\x00", 4)), "192.0.2.7:4711"},
      {binary(0x21, 0x21, v6), "[2001:db8::1]:4711"},
      {binary(0x21, 0x31, std::string(216, 'a')), ""},
      {binary(0x21, 0x00, ""), ""},
      {binary(0x20, 0x00, ""), ""},
      {binary(0x20, 0x11, v4), ""},

      {"GET / HTTP/1.1\r\n", "wrong"},
      {"PRI * HTTP/2.0\r\n", "wrong"},
      {"\x16\x03\x01", "wrong"},
      {"PROXY\r\n", "wrong"},
      {"PROXY \r\n", "wrong"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\n", "wrong"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 4711\r\n", "wrong"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 4711 443 \r\n", "wrong"},
      {"PROXY TCP4  192.0.2.7 192.0.2.1 4711 443\r\n", "wrong"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 04711 443\r\n", "wrong"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 4711 65536\r\n", "wrong"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 -1 443\r\n", "wrong"},
      {"PROXY TCP4 192.0.2 192.0.2.1 4711 443\r\n", "wrong"},
      {"PROXY TCP4 2001:db8::1 ::1 4711 443\r\n", "wrong"},
      {"PROXY TCP6 192.0.2.7 192.0.2.1 4711 443\r\n", "wrong"},
      {"PROXY TCP5 192.0.2.7 192.0.2.1 4711 443\r\n", "wrong"},
      {"PROXY UNKNOWN" + std::string(100, ' '), "wrong"},
      {binary(0x22, 0x11, v4), "wrong"},
      {binary(0x11, 0x11, v4), "wrong"},
      {binary(0x21, 0x12, v4), "wrong"},
      {binary(0x21, 0x11, v4.substr(1)), "wrong"},
      {binary(0x21, 0x21, v4), "wrong"},
      {binary(0x21, 0x31, std::string(215, 'a')), "wrong"},
      {binary(0x21, 0x11, v4 + std::string(3'000, 'x')).substr(0, 16), "wrong"},
  };
}

TEST(ProxyHeader, ReadsWhoConnectsHoweverItIsCut) {
  for (const Case& each : cases()) {
    const std::string input = each.header + "behind";
    for (std::size_t cut = 0; cut <= each.header.size(); ++cut) {
      ProxyHeader header;
      std::size_t taken = header.take(std::string_view(input).substr(0, cut));
      if (taken == cut) taken += header.take(std::string_view(input).substr(cut));
      if (each.origin == "wrong") {
        EXPECT_FALSE(header.wrong().empty()) << each.header;
        continue;
      }
      ASSERT_TRUE(header.complete()) << each.header << header.wrong();
      EXPECT_EQ(header.origin(), each.origin);
      EXPECT_EQ(taken, each.header.size()) << "what is behind it stays";
    }
  }
}

}  // namespace
}  // namespace holon::server
