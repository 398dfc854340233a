#include "gateway/access/access.h"

#include <algorithm>

#include "crypto/hash.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

/// What a client may know of a token that is refused (RFC 6750, 3.1): nothing that would help to forge one.
constexpr std::string_view invalid_token = R"( error="invalid_token", error_description="the access token is not valid here")";
constexpr std::string_view invalid_request = R"( error="invalid_request", error_description="more than one credential")";

AccessDecision admitted(Claims claims) {
  AccessDecision decision;
  decision.claims = std::move(claims);
  return decision;
}

AccessDecision refused(int status, Refusal refusal, std::string challenge = {}) {
  AccessDecision decision;
  decision.status = status;
  decision.refusal = std::move(refusal);
  decision.challenge = std::move(challenge);
  return decision;
}

const ClaimRule* broken_rule(const AccessConfig& rules, const Claims& claims) {
  auto holds = [&](const ClaimRule& rule) {
    auto shown = [&](const std::string& value) { return claims.has(rule.claim, value); };
    return std::any_of(rule.any_of.begin(), rule.any_of.end(), shown);
  };
  auto broken = std::find_if_not(rules.claims.begin(), rules.claims.end(), holds);
  return broken != rules.claims.end() ? &*broken : nullptr;
}

/// RFC 6750, 3.1: which scopes would do, where scopes are what is missing.
std::string insufficient(const ClaimRule& rule) {
  std::string text = R"( error="insufficient_scope")";
  if (rule.claim != "scope" || rule.any_of.size() != 1) return text;
  return text + ", scope=\"" + rule.any_of[0] + "\"";
}

/// A scope (RFC 6749, 3.3), which may stand in a quoted text as it is.
bool is_scope(std::string_view text) {
  auto fits = [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

}  // namespace

Error AccessDecision::error() const {
  switch (status) {
    case 400: return invalid_argument("there is more than one credential; send one");
    case 403: return permission_denied("these credentials do not allow it");
    case 503: return unavailable("credentials can't be checked just now");
    default: break;
  }
  if (refusal.rule == "gateway.credentials.none") return unauthenticated("credentials are needed");
  return unauthenticated("the credentials are not valid here");
}

Result<std::unique_ptr<Access>> Access::make(const Config& config, env::Environment& world, Fetch fetch, const Access* before) {
  std::unique_ptr<Access> access(new Access(world));
  for (const JwtConfig& jwt : config.jwt) {
    Result<void> added = access->add(jwt, fetch, before);
    if (!added.ok()) return added.error().within("jwt " + jwt.name);
  }
  for (const ApiKeyConfig& keys : config.api_keys) {
    Result<void> added = access->add(keys);
    if (!added.ok()) return added.error().within("api keys " + keys.name);
  }
  HOLON_TRY(access->check(config));
  return access;
}

Result<void> Access::add(const JwtConfig& jwt, Fetch fetch, const Access* before) {
  if (jwt.issuer.empty()) return invalid_argument("no issuer: whose tokens are they?");
  if (jwt.audiences.empty()) return invalid_argument("no audience: tokens for others would be good here, too");
  if (jwt_.count(jwt.name) != 0) return invalid_argument("the name is there twice");
  std::shared_ptr<JwtVerifier>& verifier = jwt_[jwt.name];
  if (before != nullptr) {
    auto known = before->jwt_.find(jwt.name);
    if (known != before->jwt_.end() && known->second->config() == jwt) verifier = known->second;
  }
  if (verifier != nullptr) return {};
  verifier = std::make_shared<JwtVerifier>(jwt, world_, std::move(fetch));
  return verifier->start();
}

Result<void> Access::add(const ApiKeyConfig& keys) {
  if (jwt_.count(keys.name) + api_keys_.count(keys.name) != 0) return invalid_argument("the name is there twice");
  return api_keys_.emplace(keys.name, std::make_unique<ApiKeys>(keys, world_)).first->second->start();
}

Result<void> Access::check(const Config& config) const {
  Result<void> good = check(config.access);
  if (!good.ok()) return good.error().within("access");
  for (const RouteConfig& route : config.routes) {
    if (route.access) good = check(*route.access);
    if (!good.ok()) return good.error().within("route " + (route.name.empty() ? route.path : route.name));
  }
  return {};
}

Result<void> Access::check(const AccessConfig& rules) const {
  for (const std::string& name : rules.any_of) {
    if (jwt_.count(name) == 0 && api_keys_.count(name) == 0) {
      return invalid_argument("there is no authentication \"" + name + "\" among jwt and api keys");
    }
  }
  for (const ClaimRule& rule : rules.claims) {
    if (rules.any_of.empty()) return invalid_argument("claims are asked for, but no authentication that could show them");
    if (rule.any_of.empty()) return invalid_argument("the claim " + rule.claim + " may have no value at all");
    if (rule.claim == "scope" && !std::all_of(rule.any_of.begin(), rule.any_of.end(), is_scope)) {
      return invalid_argument("a scope has no blanks and no quotes");
    }
  }
  return {};
}

std::vector<Credential::Place> Access::places(const AccessConfig& rules) const {
  std::vector<Credential::Place> places;
  for (const std::string& name : rules.any_of) {
    if (auto jwt = jwt_.find(name); jwt != jwt_.end()) {
      const JwtConfig& config = jwt->second->config();
      places.push_back({Credential::Kind::token, config.header, {}});
      if (!config.cookie.empty()) places.push_back({Credential::Kind::token, {}, config.cookie});
    } else if (auto keys = api_keys_.find(name); keys != api_keys_.end()) {
      places.push_back({Credential::Kind::api_key, keys->second->config().header, {}});
    }
  }
  return places;
}

AccessDecision Access::decide(Call& call, const AccessConfig& rules, HeaderSpan headers, std::string_view who) const {
  if (rules.any_of.empty()) return {};
  AccessDecision decision = judge(call, rules, headers);
  if (decision.admitted()) {
    const ClaimRule* broken = decision.claims.empty() ? nullptr : broken_rule(rules, decision.claims);
    if (broken == nullptr) return decision;
    decision = refused(403, {"gateway.access.claims", "the claim " + broken->claim + " is missing, or has another value"},
                       challenge(rules, insufficient(*broken)));
  }
  telemetry::refused(decision.refusal.rule, std::string(who) + ": " + decision.refusal.why, world_.now());
  return decision;
}

AccessDecision Access::judge(Call& call, const AccessConfig& rules, HeaderSpan headers) const {
  const std::vector<Credential> found = find_credentials(places(rules), headers);
  if (found.empty() && rules.optional) return {};
  if (found.empty()) return refused(401, {"gateway.credentials.none", "it shows no credentials"}, challenge(rules, {}));
  if (found.size() > 1) {
    return refused(400, {"gateway.credentials.twice", "it shows " + std::to_string(found.size()) + " credentials"},
                   challenge(rules, invalid_request));
  }
  const Credential& only = found.front();
  if (!only.readable) {
    return refused(401, {"gateway.credentials.scheme", "its Authorization is no Bearer"}, challenge(rules, {}));
  }
  return only.place.kind == Credential::Kind::token ? judge_token(call, rules, only) : judge_key(rules, only);
}

AccessDecision Access::judge_token(Call& call, const AccessConfig& rules, const Credential& token) const {
  const std::string hash = crypto::sha256(token.text);
  for (JwtVerifier* verifier : verifiers(rules, token.place)) {
    if (std::optional<Claims> claims = verifier->recall(call, hash)) return admitted(std::move(*claims));
  }
  Jwt jwt;
  std::optional<Refusal> refusal = read_jwt(token.text, jwt);
  if (refusal) return refused(401, std::move(*refusal), challenge(rules, invalid_token));
  AccessDecision last = refused(401, {"gateway.jwt.issuer", "iss is missing, or nobody's whose tokens are believed here"},
                                challenge(rules, invalid_token));
  for (JwtVerifier* verifier : verifiers(rules, token.place)) {
    if (!verifier->concerns(jwt)) continue;
    JwtVerifier::Outcome outcome = verifier->verify(call, jwt, hash);
    if (!outcome.refusal) return admitted(std::move(outcome.claims));
    last = outcome.unavailable ? refused(503, std::move(*outcome.refusal))
                               : refused(401, std::move(*outcome.refusal), challenge(rules, invalid_token));
  }
  return last;
}

std::vector<JwtVerifier*> Access::verifiers(const AccessConfig& rules, const Credential::Place& place) const {
  std::vector<JwtVerifier*> all;
  for (const std::string& name : rules.any_of) {
    auto found = jwt_.find(name);
    if (found == jwt_.end()) continue;
    const JwtConfig& config = found->second->config();
    const bool here = place.cookie.empty() ? place.header == config.header : place.cookie == config.cookie;
    if (here) all.push_back(found->second.get());
  }
  return all;
}

AccessDecision Access::judge_key(const AccessConfig& rules, const Credential& key) const {
  AccessDecision last;
  for (const std::string& name : rules.any_of) {
    auto found = api_keys_.find(name);
    if (found == api_keys_.end() || found->second->config().header != key.place.header) continue;
    Claims claims;
    std::optional<Refusal> refusal = found->second->verify(key.text, claims);
    if (!refusal) return admitted(std::move(claims));
    last = refused(401, std::move(*refusal), challenge(rules, {}));
  }
  return last;
}

// One header for all schemes (RFC 9110, 11.6.1).
std::string Access::challenge(const AccessConfig& rules, std::string_view bearer_error) const {
  std::string text;
  auto add = [&](const std::string& one) {
    if (text.find(one) == text.npos) text += (text.empty() ? "" : ", ") + one;
  };
  for (const std::string& name : rules.any_of) {
    if (jwt_.count(name) != 0) add("Bearer" + std::string(bearer_error));
    if (auto keys = api_keys_.find(name); keys != api_keys_.end()) {
      add("ApiKey header=\"" + keys->second->config().header + "\"");
    }
  }
  return text;
}

}  // namespace holon::gateway
