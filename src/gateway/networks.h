// Networks: a set of IP addresses, by networks: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "holon/result.h"

namespace holon::gateway {

class Networks {
 public:
  /// INVALID_ARGUMENT for what is no network, or has bits behind its prefix (10.0.0.1/8: the address, or the network?).
  Result<void> add(std::string_view network);
  /// @param address  without port or brackets. An IPv4 address within IPv6 (::ffff:192.0.2.7) is the IPv4 address; "unix" is in
  ///                 the set if "unix" was added. What is no address is in no set.
  bool contains(std::string_view address) const;
  bool empty() const { return networks_.empty() && !unix_; }

 private:
  /// IPv4 as IPv6 has it: ::ffff:a.b.c.d.
  using Bits = std::array<std::uint8_t, 16>;
  struct Network {
    Bits bits;
    unsigned prefix;
  };
  std::vector<Network> networks_;
  bool unix_ = false;
};

/// "192.0.2.7" of "192.0.2.7:4711", "2001:db8::1" of "[2001:db8::1]:4711"; the text itself if it is an address; "unix" of what
/// begins so; empty for anything else.
std::string address_of(std::string_view peer);

}  // namespace holon::gateway
