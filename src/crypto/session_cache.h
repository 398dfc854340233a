// SessionCache: what servers gave to come back with (tickets), for each place where they were given.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "crypto/openssl.h"

namespace holon::crypto {

/// Any thread.
class SessionCache {
 public:
  void put(const std::string& place, Session session);
  /// The latest; null if there is none. One of TLS 1.3 is given once (RFC 8446, appendix C.4: who sees a ticket twice knows
  /// it is the same client), one of TLS 1.2 again and again.
  Session take(const std::string& place);

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<Session>> sessions_;
};

}  // namespace holon::crypto
