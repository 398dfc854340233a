// Tokens and keys of any kind: what is taken has one reading, and what is refused has a name.
#include <algorithm>

#include "gateway/access/api_key_file.h"
#include "gateway/access/base64url.h"
#include "gateway/access/credentials.h"
#include "gateway/access/jwk.h"
#include "gateway/access/jwt.h"
#include "holon/claims.h"
#include "tests/fuzz/fuzz.h"

namespace holon {
namespace gateway {
namespace {

void require_named(const Refusal& refusal) {
  fuzz_require(refusal.rule.starts_with("gateway.jwt."), "a refusal has a name");
  fuzz_require(!refusal.why.empty(), "and a reason");
}

void decode(std::string_view text) {
  const std::optional<std::string> bytes = base64url_decode(text);
  if (bytes) fuzz_require(base64url_encode(*bytes) == text, "bytes have one text");
  const std::optional<std::string> again = base64url_decode(base64url_encode(text));
  fuzz_require(again && *again == text, "base64url is reversible");
}

void check(const Jwt& jwt) {
  JwtConfig config;
  config.issuer = "i";
  config.audiences = {"a"};
  const std::optional<Refusal> refusal = check_claims(jwt.claims, config, env::WallTime(std::chrono::seconds(1000)));
  if (refusal) return require_named(*refusal);
  const Result<Claims> claims = Claims::from_json(jwt.payload);
  if (!claims.ok()) return;
  fuzz_require(claims->get("iss") == "i" && claims->has("aud", "a"), "claims are those of the token");
}

void read_token(std::string_view token) {
  Jwt jwt;
  const std::optional<Refusal> refusal = read_jwt(token, jwt);
  if (refusal) return require_named(*refusal);
  fuzz_require(token.size() <= jwt_bytes_max, "a token has a bound");
  const std::string signature = base64url_encode(jwt.signature);
  fuzz_require(!signature.empty() && token == std::string(jwt.signed_part) + "." + signature, "a token is its parts");
  fuzz_require(jwt.signed_part.ends_with("." + base64url_encode(jwt.payload)), "the payload is what is signed");
  check(jwt);
}

/// The same, but what chance writes reaches the inside: a header, a line end, a payload.
void read_inside(std::string_view input) {
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view payload = input.substr(std::min(end + 1, input.size()));
  read_token(base64url_encode(input.substr(0, end)) + "." + base64url_encode(payload) + ".AAAA");
}

void read_key_set(std::string_view input) {
  const Result<KeySet> keys = read_keys(input);
  if (!keys.ok()) return;
  fuzz_require(!keys->keys.empty() && keys->keys.size() <= keys_max, "a set has some keys");
  for (const VerificationKey& key : keys->keys) {
    const std::optional<std::string> id = key.id.empty() ? std::nullopt : std::optional(key.id);
    fuzz_require(keys->knows(id), "a set knows its keys");
    fuzz_require(!key.signing || key.key.fits(*key.signing), "a key is of its algorithm");
    using crypto::Signing;
    for (Signing how : {Signing::rs256, Signing::ps256, Signing::es256, Signing::eddsa}) {
      fuzz_require(!key.key.verify(how, input, input), "nobody guesses a signature");
    }
  }
}

void read_api_key_file(std::string_view input) {
  const Result<ApiKeyTable> table = read_api_keys("keys", input);
  if (!table.ok()) return;
  for (const auto& [hash, claims] : *table) {
    fuzz_require(hash.size() == 32 && !claims.subject().empty(), "a key has a hash and a subject");
  }
}

void find(std::string_view input) {
  const std::vector<std::pair<std::string, std::string>> headers = {{"authorization", std::string(input)},
                                                                    {"cookie", std::string(input)}};
  const std::vector<Credential::Place> places = {{Credential::Kind::token, "authorization", {}},
                                                 {Credential::Kind::token, {}, "a"}};
  for (const Credential& found : find_credentials(places, headers)) {
    fuzz_require(input.find(found.text) != input.npos, "a credential is what was sent");
  }
}

}  // namespace
}  // namespace gateway

std::vector<std::string> fuzz_seeds() {
  const std::string header = R"({"alg":"ES256","kid":"k","typ":"JWT"})";
  const std::string payload = R"({"iss":"i","aud":["a"],"exp":2000,"nbf":1,"iat":1,"sub":"s","r":{"x":[1,true,"y"]}})";
  const std::string hash(64, 'a');
  return {
      std::string("\0", 1) + gateway::base64url_encode(header) + "." + gateway::base64url_encode(payload) + ".AAAA",
      "\1" + header + "\n" + payload,
      "\1{\"alg\":\"EdDSA\"}\n{\"iss\":\"i\",\"aud\":\"a\",\"exp\":2000}",
      R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"k","alg":"EdDSA"}]})",
      R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","use":"sig","key_ops":["verify"]})",
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
      "\3ci " + hash + " scope=read scope=write\n# comment\n",
      "\4Bearer abc; a=b; c=d; a=e",
  };
}

}  // namespace holon

/// The first byte says what the rest is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::gateway;
  if (size == 0) return 0;
  const std::string_view whole(reinterpret_cast<const char*>(data), size);
  const std::string_view input = whole.substr(1);
  switch (data[0]) {
    case 0: read_token(input); break;
    case 1: read_inside(input); break;
    case 2: decode(input); break;
    case 3: read_api_key_file(input); break;
    case 4: find(input); break;
    default: read_key_set(whole); break;
  }
  return 0;
}
