// VerifiedTokens: tokens that were found good, for as long as they are: the next request with one is spared its signature, which
// takes 20 (RS256) to 130 microseconds (EdDSA), many times what all the rest does.
//
//   if (std::optional<Claims> claims = verified.find(hash, keys, now)) return *claims;
//
// A token counts as verified by one set of keys and no other: with new keys, it is verified anew. Any thread.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "env/environment.h"
#include "gateway/access/jwk.h"
#include "holon/claims.h"

namespace holon::gateway {

class VerifiedTokens {
 public:
  /// Only good tokens get in, so nobody fills it who has none. When it is full, some token goes.
  static constexpr std::size_t tokens_max = 2048;

  struct Token {
    std::shared_ptr<const KeySet> keys;  ///< by which it was verified
    env::WallTime until;                 ///< when it has expired
    Claims claims;
  };

  VerifiedTokens() : shards_(std::make_unique<std::array<Shard, shards>>()) {}

  /// @param hash  SHA-256 of the token: nobody has another one of the same
  std::optional<Claims> find(const std::string& hash, const KeySet& keys, env::WallTime now);
  void keep(const std::string& hash, Token token);

 private:
  static constexpr std::size_t shards = 16;

  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Token> tokens;
  };

  Shard& shard(const std::string& hash) { return (*shards_)[static_cast<unsigned char>(hash.at(0)) % shards]; }

  std::unique_ptr<std::array<Shard, shards>> shards_;
};

}  // namespace holon::gateway
