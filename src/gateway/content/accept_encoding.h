// Accept-Encoding (RFC 9110, 12.5.3): in which codings a client takes an answer.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/http_exchange.h"

namespace holon::gateway {

enum class Coding : std::uint8_t { identity, gzip, br };

/// As Content-Encoding spells it: "gzip", "br"; "identity".
std::string_view coding_name(Coding coding);

/// The codings that the client likes at least as much as bytes as they are, the best first; of equals br, then gzip. Empty if
/// it wants none: then, and also when it refuses everything, bytes go as they are.
std::vector<Coding> accepted_codings(const server::HttpRequest& request);

}  // namespace holon::gateway
