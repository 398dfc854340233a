// Who asks: by the connection, and by what trusted proxies in front of the gateway say of it (X-Forwarded-For, -Proto, -Host,
// and Forwarded of RFC 7239). Anybody can write these headers, so they are believed from trusted addresses only, and read from the
// right: each trusted proxy's word about who connected to it leads one step back, until somebody who is not trusted.
#pragma once

#include <cstdint>

#include "gateway/networks.h"
#include "gateway/visit.h"

namespace holon::gateway {

/// @param random  for a request that brings no id
/// INVALID_ARGUMENT if a trusted proxy's headers are malformed or contradict each other: nobody can know whom to believe.
Result<Visitor> identify(const server::HttpRequest& request, const Networks& trusted, std::uint64_t (&random)[2]);

/// Whether a request id from outside may be kept: 1 to 128 of letters, digits and -_.:/+=@
bool is_request_id(std::string_view id);

}  // namespace holon::gateway
