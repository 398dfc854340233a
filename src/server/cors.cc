#include "server/cors.h"

#include <algorithm>

namespace holon::server {

bool Cors::admits(std::string_view origin) const {
  if (origin.empty()) return true;
  return std::any_of(origins_.begin(), origins_.end(),
                     [&](const std::string& allowed) { return allowed == "*" || allowed == origin; });
}

}  // namespace holon::server
