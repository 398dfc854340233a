// Names: where hosts are, by their names.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "holon/result.h"

namespace holon::env {

/// What DNS says of a name.
struct NameRecords {
  struct Where {
    std::string address;  ///< an IP address
    int port = 0;         ///< 0: it is not said
  };
  std::vector<Where> found;        ///< at least one
  std::chrono::seconds good_for{};  ///< the least time to live
};

class Names {
 public:
  virtual ~Names() = default;
  /// The IP addresses of `host`, the preferred one first (RFC 6724); at least one. Blocks its thread, as long as the system's
  /// resolver takes. NOT_FOUND when there is no such host, UNAVAILABLE when that can't be told just now. Any thread.
  virtual Result<std::vector<std::string>> addresses(const std::string& host) = 0;
  /// Asks DNS: for the addresses of a host (A, AAAA), or, if `name` begins with "_", for where a service is (SRV, RFC 2782: those
  /// of the best priority, whatever their weights). Blocks its thread for some seconds at most. NOT_FOUND and UNAVAILABLE as above.
  /// Any thread.
  /// @param server  "IP", "IP:PORT", "[IP]:PORT"; empty: the system's
  virtual Result<NameRecords> records(const std::string& name, const std::string& server) = 0;
};

}  // namespace holon::env
