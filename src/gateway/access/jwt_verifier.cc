#include "gateway/access/jwt_verifier.h"

#include <algorithm>

namespace holon::gateway {
namespace {

/// What a point of time can hold; the year 2255.
constexpr std::chrono::duration<double> longest(9e9);

/// The token's algorithm is looked for among those of the keys, never the other way round: what a token says can't make a key
/// serve another purpose (RFC 8725, 3.1).
std::optional<Refusal> check_signature(const Jwt& jwt, const KeySet& keys) {
  if (!keys.knows(jwt.key_id)) return Refusal{"gateway.jwt.key_unknown", "there is no key of its kid"};
  const std::vector<const VerificationKey*> candidates = keys.candidates(jwt.algorithm, jwt.key_id);
  if (candidates.empty()) return Refusal{"gateway.jwt.algorithm", "no key that it may be signed by is for its alg"};
  auto signs = [&](const VerificationKey* one) { return one->key.verify(jwt.algorithm, jwt.signed_part, jwt.signature); };
  if (std::any_of(candidates.begin(), candidates.end(), signs)) return {};
  return Refusal{"gateway.jwt.signature", "the signature is of none of the keys"};
}

}  // namespace

JwtVerifier::JwtVerifier(const JwtConfig& config, env::Environment& world, Fetch fetch)
    : config_(config), world_(world), keys_(config.keys, config.keys_refresh, world, std::move(fetch)) {}

bool JwtVerifier::concerns(const Jwt& jwt) const {
  auto issuer = jwt.claims.fields().find("iss");
  return issuer != jwt.claims.fields().end() && issuer->second.string_value() == config_.issuer;
}

std::optional<Claims> JwtVerifier::recall(Call& call, const std::string& hash) {
  Result<std::shared_ptr<const KeySet>> keys = keys_.keys(call);
  if (!keys.ok()) return {};
  return verified_.find(hash, **keys, world_.wall());
}

JwtVerifier::Outcome JwtVerifier::verify(Call& call, const Jwt& jwt, const std::string& hash) {
  Outcome outcome;
  Result<std::shared_ptr<const KeySet>> found = keys_.keys(call);
  if (!found.ok()) {
    outcome.refusal = Refusal{"gateway.jwt.no_keys", found.error().message()};
    outcome.unavailable = true;
    return outcome;
  }
  std::shared_ptr<const KeySet> keys = std::move(*found);
  if (!keys->knows(jwt.key_id)) keys = keys_.newer(call, keys);
  outcome.refusal = check_signature(jwt, *keys);
  if (!outcome.refusal) outcome.refusal = check_claims(jwt.claims, config_, world_.wall());
  if (outcome.refusal) return outcome;
  Result<Claims> claims = keep(jwt, hash, std::move(keys));
  if (!claims.ok()) {
    outcome.refusal = Refusal{"gateway.jwt.claims", claims.error().message()};
    return outcome;
  }
  outcome.claims = std::move(*claims);
  return outcome;
}

Result<Claims> JwtVerifier::keep(const Jwt& jwt, const std::string& hash, std::shared_ptr<const KeySet> keys) {
  Claims claims = HOLON_TRY(Claims::from_json(jwt.payload));
  const auto expiry = std::chrono::duration<double>(jwt.claims.fields().at("exp").number_value());
  const env::WallTime until(std::chrono::duration_cast<env::WallTime::duration>(std::min(expiry, longest) + config_.skew));
  verified_.keep(hash, {std::move(keys), until, claims});
  return claims;
}

}  // namespace holon::gateway
