#include "server/proxy_protocol.h"

#include <algorithm>
#include <vector>

#include "env/ip.h"

namespace holon::server {
namespace {

constexpr std::string_view line_begin = "PROXY ";
constexpr std::size_t line_bytes_max = 107;  // section 2.1, with CR LF
constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t fixed_bytes = 16;  // of version 2: signature, version and command, family, length

/// Section 2.2.
enum class Family : unsigned char { unspecified = 0x00, tcp4 = 0x11, tcp6 = 0x21, unix_stream = 0x31 };
constexpr unsigned char version_local = 0x20;
constexpr unsigned char version_proxy = 0x21;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t space = line.find(' ');
    words.push_back(line.substr(0, space));
    if (space == std::string_view::npos) return words;
    line.remove_prefix(space + 1);
  }
}

/// Digits, without zeros before them.
bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) return false;
  unsigned number = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number <= 65'535;
}

/// "TCP4" has addresses without colons, "TCP6" those with them.
bool is_address(std::string_view protocol, std::string_view text) {
  return (protocol == "TCP6") == (text.find(':') != std::string_view::npos) && env::ip_bytes(text).has_value();
}

std::string with_port(std::string_view address_bytes, unsigned port) {
  const std::string host = env::ip_text(address_bytes);
  return (address_bytes.size() == 4 ? host : "[" + host + "]") + ":" + std::to_string(port);
}

unsigned read_u16(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]) * 256u + static_cast<unsigned char>(bytes[at + 1]);
}

}  // namespace

std::size_t ProxyHeader::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (!complete_ && wrong_.empty()) {
    const std::size_t more = std::min(wanted() - bytes_.size(), bytes.size() - taken);
    if (more == 0) return taken;
    bytes_.append(bytes.substr(taken, more));
    taken += more;
    read();
  }
  return taken;
}

/// How many bytes are needed to read on. Of a line one after the other: what stands behind it is not the header's.
std::size_t ProxyHeader::wanted() const {
  if (bytes_.empty()) return 1;
  if (bytes_.front() == line_begin.front()) return bytes_.size() + 1;
  if (bytes_.size() < fixed_bytes) return fixed_bytes;
  return fixed_bytes + read_u16(bytes_, fixed_bytes - 2);
}

void ProxyHeader::read() {
  if (bytes_.front() == line_begin.front()) {
    const std::size_t size = std::min(bytes_.size(), line_begin.size());
    if (bytes_.compare(0, size, line_begin, 0, size) != 0) {
      wrong_ = "the connection begins with no PROXY header";
    } else if (bytes_.back() == '\n') {
      read_line();
    } else if (bytes_.size() >= line_bytes_max) {
      wrong_ = "the PROXY line is too long";
    }
    return;
  }
  const std::size_t size = std::min(bytes_.size(), signature.size());
  if (bytes_.compare(0, size, signature, 0, size) != 0) {
    wrong_ = "the connection begins with no PROXY header";
  } else if (bytes_.size() >= fixed_bytes) {
    const std::size_t content = read_u16(bytes_, fixed_bytes - 2);
    if (content > content_bytes_max) {
      wrong_ = "the PROXY header is too long";
    } else if (bytes_.size() == fixed_bytes + content) {
      read_binary();
    }
  }
}

// Section 2.1: "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443".
void ProxyHeader::read_line() {
  constexpr std::string_view malformed =
      "the PROXY line must be: PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT, and end in CR LF";
  if (!bytes_.ends_with("\r\n")) {
    wrong_ = malformed;
    return;
  }
  const std::string_view line = std::string_view(bytes_).substr(line_begin.size(), bytes_.size() - line_begin.size() - 2);
  if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) {
    complete_ = true;  // the rest says nothing
    return;
  }
  const std::vector<std::string_view> words = words_of(line);
  const bool known = words[0] == "TCP4" || words[0] == "TCP6";
  if (!known || words.size() != 5 || !is_address(words[0], words[1]) || !is_address(words[0], words[2]) ||
      !is_port(words[3]) || !is_port(words[4])) {
    wrong_ = malformed;
    return;
  }
  origin_ = with_port(*env::ip_bytes(words[1]), static_cast<unsigned>(std::stoul(std::string(words[3]))));
  complete_ = true;
}

// Section 2.2. What stands behind the addresses are extensions, which nobody here asks for.
void ProxyHeader::read_binary() {
  const auto command = static_cast<unsigned char>(bytes_[signature.size()]);
  const auto family = static_cast<Family>(bytes_[signature.size() + 1]);
  const std::string_view content = std::string_view(bytes_).substr(fixed_bytes);
  if (command == version_local) {
    complete_ = true;
  } else if (command != version_proxy) {
    wrong_ = "the PROXY header's version or command is not known here";
  } else if (family == Family::tcp4 && content.size() >= 12) {
    origin_ = with_port(content.substr(0, 4), read_u16(content, 8));
    complete_ = true;
  } else if (family == Family::tcp6 && content.size() >= 36) {
    origin_ = with_port(content.substr(0, 16), read_u16(content, 32));
    complete_ = true;
  } else if (family == Family::unspecified || (family == Family::unix_stream && content.size() >= 216)) {
    complete_ = true;
  } else {
    wrong_ = "the PROXY header's address family is not known here, or its addresses are cut off";
  }
}

}  // namespace holon::server
