// The CORS of a route, as holon.yaml has it: see server/cors.h.
#pragma once

#include "gateway/config.h"
#include "server/cors.h"

namespace holon::gateway {

/// INVALID_ARGUMENT for what would open too much, or nothing; with the remedy.
inline Result<server::Cors> make_cors(const CorsConfig& config) {
  return server::Cors::make({.origins = config.origins,
                             .methods = config.methods,
                             .headers = config.headers,
                             .expose = config.expose,
                             .credentials = config.credentials,
                             .max_age = std::chrono::duration_cast<std::chrono::seconds>(config.max_age)});
}

}  // namespace holon::gateway
