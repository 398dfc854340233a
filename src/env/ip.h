// IP addresses as bytes, for those who compare them: networks, rates.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holon::env {

/// 4 bytes of an IPv4 address ("192.0.2.7", or by IPv6 as "::ffff:192.0.2.7"), 16 of an IPv6 one, most significant first;
/// nothing for what is neither.
std::optional<std::string> ip_bytes(std::string_view address);

/// The text of 4 or 16 such bytes.
std::string ip_text(std::string_view bytes);

}  // namespace holon::env
