#include "gateway/access/verified_tokens.h"

namespace holon::gateway {

std::optional<Claims> VerifiedTokens::find(const std::string& hash, const KeySet& keys, env::WallTime now) {
  Shard& in = shard(hash);
  std::lock_guard lock(in.mutex);
  auto found = in.tokens.find(hash);
  if (found == in.tokens.end()) return {};
  const Token& token = found->second;
  if (token.keys.get() == &keys && now < token.until) return token.claims;
  in.tokens.erase(found);
  return {};
}

void VerifiedTokens::keep(const std::string& hash, Token token) {
  Shard& in = shard(hash);
  std::lock_guard lock(in.mutex);
  if (in.tokens.size() >= tokens_max / shards) in.tokens.erase(in.tokens.begin());
  in.tokens.insert_or_assign(hash, std::move(token));
}

}  // namespace holon::gateway
