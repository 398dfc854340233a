// The PROXY protocol (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt), versions 1 and 2: a proxy says first
// of all, before TLS, for whom it connects.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holon::server {

/// Reads one header. A byte machine: how the bytes were cut when they arrived makes no difference.
class ProxyHeader {
 public:
  /// Of a header of version 2, its addresses and extensions together; the specification asks for 216 at least.
  static constexpr std::size_t content_bytes_max = 2048;

  /// Takes bytes until the header is complete or wrong, and says how many.
  std::size_t take(std::string_view bytes);
  bool complete() const { return complete_; }
  /// What is wrong, from where on nothing is taken; empty: nothing is.
  std::string_view wrong() const { return wrong_; }
  /// Once complete: who connected to the proxy, "192.0.2.7:4711" or "[2001:db8::1]:4711". Empty where the proxy speaks
  /// for itself, or does not know.
  const std::string& origin() const { return origin_; }

 private:
  std::size_t wanted() const;
  void read();
  void read_line();
  void read_binary();

  std::string bytes_;  ///< of the header, so far
  bool complete_ = false;
  std::string_view wrong_;
  std::string origin_;
};

}  // namespace holon::server
