// Rates: how often each client may use a route (the generic cell rate algorithm: a token bucket that keeps one number).
//
//   Rates rates = TRY(Rates::make("/v1/**", route.rates, world));       // of one route; used by all loops
//   Rates::Verdict verdict = rates.ask({visitor.address, headers, claims});
//   for (auto& [name, value] : verdict.headers) visit.add_header(name, value);
//   if (!verdict.admitted) return visit.problem(429, …);
//
// A client is its IP address (of IPv6 the network of 64 bits), the value of a header or of a claim; who shows no such header or
// claim is counted by address. All loops count together, exactly. Each rate remembers so many clients and no more: when
// there are others, those with the most left are forgotten first, so that a flood of addresses forgives nobody who is limited.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "env/environment.h"
#include "gateway/access/header_span.h"
#include "gateway/access/rate_table.h"
#include "gateway/config.h"
#include "holon/claims.h"
#include "holon/result.h"

namespace holon::gateway {

class Rates {
 public:
  /// By whom a request is counted.
  struct Client {
    std::string_view address;  ///< an IP address without port, or "unix"
    HeaderSpan headers;
    const Claims& claims;
  };

  struct Verdict {
    bool admitted = true;
    /// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10), of the rate that leaves least, and Retry-After
    /// if it is not admitted. For the answer, whatever it is.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string refused_by;  ///< the rate's name: "address-60s"
  };

  /// INVALID_ARGUMENT for a rate that cannot be kept, with the remedy.
  /// @param world  outlives it
  static Result<Rates> make(const std::vector<RateConfig>& rates, env::Environment& world);

  Rates(Rates&&) noexcept;
  ~Rates();

  bool none() const { return rates_.empty(); }
  /// Counts the request where it is admitted. Of several rates all must admit it; those before the one that refuses have
  /// counted it.
  Verdict ask(const Client& client);

 private:
  struct Rate;
  explicit Rates(env::Environment& world);

  env::Environment* world_;
  std::string secret_;  ///< nobody can choose whom he shares a bucket with
  std::vector<std::unique_ptr<Rate>> rates_;
};

}  // namespace holon::gateway
