// Arrival: where a call came from, for what decides who may call. Known of calls whose routes the router's fallback gave: those
// of a gateway, which come from outside.
#pragma once

#include <optional>
#include <string>

#include "crypto/tls.h"
#include "holon/generated.h"

namespace holon::server {

struct Arrival {
  std::string peer;  ///< who is connected, as in HttpRequest
  bool secure = false;
  std::optional<crypto::Identity> client;
  std::string authority;
  std::string origin;  ///< of the web page that calls; empty if it is none
  bool compresses = false;  ///< whether requests may come compressed (grpc-encoding)
};

/// Of the call that `exchange` is the server's end of; null if it did not come in that way. Lives as long as the call.
const Arrival* arrival_of(internal::Exchange& exchange);

}  // namespace holon::server
