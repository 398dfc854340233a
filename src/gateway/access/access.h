// Access: who may enter. It looks at what a request shows (a token in a header or a cookie, an API key) and says whether it
// comes in, with which claims.
//
//   auto access = TRY(Access::make(config, world, fetch));
//   AccessDecision decision = access->decide(call, *route.access, request.headers);
//   if (!decision.admitted()) return answer(decision.status, {{"www-authenticate", decision.challenge}});
//   CallAccess::root(call).claims = decision.claims;
//
// Used by all loops, on fibers: keys behind a URL are fetched when they are needed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"
#include "gateway/access/api_keys.h"
#include "gateway/access/credentials.h"
#include "gateway/access/header_span.h"
#include "gateway/access/jwt_verifier.h"
#include "gateway/access/refusal.h"
#include "gateway/config.h"
#include "holon/call.h"
#include "holon/claims.h"

namespace holon::gateway {

struct AccessDecision {
  /// 200: it comes in. 400: it shows more than one credential; 401: none, or a bad one; 403: its claims don't suffice; 503:
  /// there are no keys to check it by.
  int status = 200;
  Claims claims;          ///< of whom came in; empty for those who had to prove nothing
  std::string challenge;  ///< WWW-Authenticate (RFC 9110, RFC 6750) of 401, 403 and 400; or empty
  Refusal refusal;        ///< of whom was not let in

  bool admitted() const { return status == 200; }
  /// For the answer: what every such client is told, and no more.
  Error error() const;
};

class Access {
 public:
  /// Reads the files that `config` names. INVALID_ARGUMENT with the name of the part that is wrong, and the remedy.
  /// @param world  outlives it
  /// @param fetch   gets what is behind a URL
  /// @param before  what this one comes after, or null: keys that both configurations have stay known, so that a reload while
  ///                their source is down shuts nobody out
  static Result<std::unique_ptr<Access>> make(const Config& config, env::Environment& world, Fetch fetch,
                                              const Access* before = nullptr);

  /// Counts who is refused (telemetry::refused), and logs why. May suspend for keys behind a URL.
  /// @param who   for the log: the client's address
  AccessDecision decide(Call& call, const AccessConfig& rules, HeaderSpan headers, std::string_view who) const;

 private:
  explicit Access(env::Environment& world) : world_(world) {}

  Result<void> add(const JwtConfig& jwt, Fetch fetch, const Access* before);
  Result<void> add(const ApiKeyConfig& keys);
  Result<void> check(const Config& config) const;
  Result<void> check(const AccessConfig& rules) const;
  std::vector<Credential::Place> places(const AccessConfig& rules) const;
  AccessDecision judge(Call& call, const AccessConfig& rules, HeaderSpan headers) const;
  AccessDecision judge_token(Call& call, const AccessConfig& rules, const Credential& token) const;
  /// Those of the rules that look for a token at this place.
  std::vector<JwtVerifier*> verifiers(const AccessConfig& rules, const Credential::Place& place) const;
  AccessDecision judge_key(const AccessConfig& rules, const Credential& key) const;
  std::string challenge(const AccessConfig& rules, std::string_view bearer_error) const;

  env::Environment& world_;
  std::map<std::string, std::shared_ptr<JwtVerifier>, std::less<>> jwt_;
  std::map<std::string, std::unique_ptr<ApiKeys>, std::less<>> api_keys_;
};

}  // namespace holon::gateway
