// Jwt: a token as it is written (RFC 7519, in the compact form of RFC 7515), strictly; whether it is true is not asked here.
//
//   Jwt jwt;
//   if (std::optional<Refusal> refusal = read_jwt(token, jwt)) return refuse(*refusal);
//   bool good = key.verify(jwt.algorithm, jwt.signed_part, jwt.signature);
//
// Pure functions; any thread.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <optional>
#include <string>
#include <string_view>

#include "crypto/signature.h"
#include "env/environment.h"
#include "gateway/access/refusal.h"
#include "gateway/config.h"

namespace holon::gateway {

/// Of all three parts. It leaves room in a head of 32 KiB, and claims have at most Claims::bytes_max.
constexpr std::size_t jwt_bytes_max = 8 << 10;
constexpr std::size_t jwt_header_bytes_max = 2 << 10;
constexpr std::size_t key_id_bytes_max = 256;

struct Jwt {
  crypto::Signing algorithm{};
  std::optional<std::string> key_id;  ///< `kid`
  std::string payload;                ///< JSON, as it came
  google::protobuf::Struct claims;    ///< the same
  std::string_view signed_part;       ///< what the signature is of: the token up to its second dot
  std::string signature;
};

/// The algorithm that `alg` names; nothing for others, "none" among them.
std::optional<crypto::Signing> signing_of(std::string_view alg);

/// Refuses all but three parts of canonical base64url, an algorithm that is none of ours, encrypted and nested tokens, `crit`,
/// other types than JWT and at+jwt, and JSON that two parsers could read differently. `into` views the token.
std::optional<Refusal> read_jwt(std::string_view token, Jwt& into);

/// Whether the claims are of this issuer, for one of these audiences, and good at this time.
std::optional<Refusal> check_claims(const google::protobuf::Struct& claims, const JwtConfig& config, env::WallTime now);

}  // namespace holon::gateway
