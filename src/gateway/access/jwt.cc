#include "gateway/access/jwt.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>

#include "contract/json.h"
#include "gateway/access/base64url.h"
#include "holon/claims.h"

namespace holon::gateway {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

const Value* find(const Struct& in, const std::string& name) {
  auto found = in.fields().find(name);
  return found != in.fields().end() ? &found->second : nullptr;
}

/// The text of a member that is there and is one.
std::optional<std::string> text_in(const Struct& in, const std::string& name) {
  const Value* value = find(in, name);
  if (value == nullptr || value->kind_case() != Value::kStringValue) return {};
  return value->string_value();
}

std::optional<Refusal> malformed(std::string why) { return Refusal{"gateway.jwt.malformed", std::move(why)}; }
std::optional<Refusal> bad_header(std::string why) { return Refusal{"gateway.jwt.header", std::move(why)}; }
std::optional<Refusal> bad_claims(std::string why) { return Refusal{"gateway.jwt.claims", std::move(why)}; }

// ---- the text -----------------------------------------------------------------------------------------------------------

using Parts = std::array<std::string_view, 3>;

std::optional<Refusal> split(std::string_view token, Parts& into) {
  const auto dots = std::count(token.begin(), token.end(), '.');
  if (dots == 4) return Refusal{"gateway.jwt.encrypted", "five parts: an encrypted token (JWE)"};
  if (dots != 2) return malformed(std::to_string(dots + 1) + " parts, not three");
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  into = {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
  return {};
}

std::optional<Refusal> parse(const std::string& json, Struct& into) {
  static const contract::Json reader(*google::protobuf::DescriptorPool::generated_pool());
  Result<void> read = reader.parse(json, into);
  if (!read.ok()) return malformed(read.error().message());
  return {};
}

// ---- the header ---------------------------------------------------------------------------------------------------------

/// Media types have no case, and may leave "application/" out (RFC 7515, 4.1.9).
std::string media_type(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  constexpr std::string_view prefix = "application/";
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

/// What changes the meaning of all else: understood, or refused.
std::optional<Refusal> check_extensions(const Struct& header) {
  if (find(header, "crit") != nullptr) return Refusal{"gateway.jwt.critical", "it has critical headers, and we know none"};
  if (find(header, "b64") != nullptr) return bad_header("b64: payloads are always base64url (RFC 7797 is not spoken)");
  if (find(header, "enc") != nullptr || find(header, "zip") != nullptr) {
    return Refusal{"gateway.jwt.encrypted", "enc or zip: an encrypted token (JWE)"};
  }
  if (find(header, "cty") != nullptr) return Refusal{"gateway.jwt.nested", "cty: a token inside a token"};
  if (find(header, "typ") != nullptr) {
    const std::string type = media_type(text_in(header, "typ").value_or(""));
    if (type != "jwt" && type != "at+jwt") return Refusal{"gateway.jwt.type", "typ is neither JWT nor at+jwt"};
  }
  return {};
}

std::optional<Refusal> read_header(const Struct& header, Jwt& into) {
  if (std::optional<Refusal> refusal = check_extensions(header)) return refusal;
  const std::optional<std::string> alg = text_in(header, "alg");
  if (!alg) return bad_header("alg is missing, or no text");
  const std::optional<crypto::Signing> algorithm = signing_of(*alg);
  if (!algorithm) return Refusal{"gateway.jwt.algorithm", "alg is none of RS256, PS256, ES256, EdDSA"};
  into.algorithm = *algorithm;
  into.key_id = text_in(header, "kid");
  if (find(header, "kid") == nullptr) return {};
  if (!into.key_id || into.key_id->empty()) return bad_header("kid is no text, or empty");
  if (into.key_id->size() > key_id_bytes_max) return bad_header("kid is longer than 256 bytes");
  return {};
}

// ---- the claims ---------------------------------------------------------------------------------------------------------

using Seconds = std::chrono::duration<double>;

/// RFC 7519, section 2: a number of seconds since 1970.
std::optional<double> date_of(const Struct& claims, const std::string& name) {
  const Value* value = find(claims, name);
  if (value == nullptr || value->kind_case() != Value::kNumberValue) return {};
  return value->number_value();
}

bool is_for(const Value& audience, const std::vector<std::string>& ours) {
  auto is_ours = [&](const Value& one) {
    return one.kind_case() == Value::kStringValue && std::find(ours.begin(), ours.end(), one.string_value()) != ours.end();
  };
  if (!audience.has_list_value()) return is_ours(audience);
  const auto& all = audience.list_value().values();
  return std::any_of(all.begin(), all.end(), is_ours);
}

std::string whole(double seconds) { return std::to_string(static_cast<long long>(seconds)) + " s"; }

std::optional<Refusal> check_dates(const Struct& claims, double now, double skew) {
  for (const char* name : {"exp", "nbf", "iat"}) {
    if (find(claims, name) != nullptr && !date_of(claims, name)) return bad_claims(std::string(name) + " is no number");
  }
  const std::optional<double> expires = date_of(claims, "exp");
  if (!expires) return Refusal{"gateway.jwt.no_expiry", "exp is missing"};
  if (now >= *expires + skew) return Refusal{"gateway.jwt.expired", "it expired " + whole(now - *expires) + " ago"};
  const double from = date_of(claims, "nbf").value_or(now);
  if (now + skew < from) return Refusal{"gateway.jwt.not_yet", "it is good in " + whole(from - now) + " only"};
  const double issued = date_of(claims, "iat").value_or(now);
  if (now + skew < issued) return Refusal{"gateway.jwt.not_yet", "it is issued in " + whole(issued - now) + " only"};
  return {};
}

}  // namespace

std::optional<crypto::Signing> signing_of(std::string_view alg) {
  if (alg == "RS256") return crypto::Signing::rs256;
  if (alg == "PS256") return crypto::Signing::ps256;
  if (alg == "ES256") return crypto::Signing::es256;
  if (alg == "EdDSA") return crypto::Signing::eddsa;
  return {};
}

std::optional<Refusal> read_jwt(std::string_view token, Jwt& into) {
  if (token.size() > jwt_bytes_max) return Refusal{"gateway.jwt.too_large", std::to_string(token.size()) + " bytes"};
  Parts parts;
  if (std::optional<Refusal> refusal = split(token, parts)) return refusal;
  std::optional<std::string> header = base64url_decode(parts[0]);
  std::optional<std::string> payload = base64url_decode(parts[1]);
  std::optional<std::string> signature = base64url_decode(parts[2]);
  if (!header || !payload || !signature) return malformed("a part is no base64url without padding");
  if (header->size() > jwt_header_bytes_max) return Refusal{"gateway.jwt.too_large", "a header of more than 2 KiB"};
  if (payload->size() > Claims::bytes_max) return Refusal{"gateway.jwt.too_large", "claims of more than 4 KiB"};
  Struct fields;
  if (std::optional<Refusal> refusal = parse(*header, fields)) return refusal;
  if (std::optional<Refusal> refusal = read_header(fields, into)) return refusal;
  if (std::optional<Refusal> refusal = parse(*payload, into.claims)) return refusal;
  if (signature->empty()) return Refusal{"gateway.jwt.signature", "it has no signature"};
  into.payload = std::move(*payload);
  into.signed_part = token.substr(0, token.rfind('.'));
  into.signature = std::move(*signature);
  return {};
}

std::optional<Refusal> check_claims(const Struct& claims, const JwtConfig& config, env::WallTime now) {
  const Value* audience = find(claims, "aud");
  const Value* subject = find(claims, "sub");
  if (text_in(claims, "iss") != config.issuer) return Refusal{"gateway.jwt.issuer", "iss is missing, or another one"};
  if (audience == nullptr || !is_for(*audience, config.audiences)) {
    return Refusal{"gateway.jwt.audience", "aud is missing, or for others"};
  }
  if (subject != nullptr && subject->kind_case() != Value::kStringValue) return bad_claims("sub is no text");
  return check_dates(claims, Seconds(now.time_since_epoch()).count(), Seconds(config.skew).count());
}

}  // namespace holon::gateway
