// Names: where hosts are, by their names.
#pragma once

#include <string>
#include <vector>

#include "holon/result.h"

namespace holon::env {

class Names {
 public:
  virtual ~Names() = default;
  /// The IP addresses of `host`, the preferred one first (RFC 6724); at least one. Blocks its thread, as long as the system's
  /// resolver takes. NOT_FOUND when there is no such host, UNAVAILABLE when that can't be told just now. Any thread.
  virtual Result<std::vector<std::string>> addresses(const std::string& host) = 0;
};

}  // namespace holon::env
