#include "gateway/access/jwk.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>

#include "contract/json.h"
#include "gateway/access/base64url.h"
#include "gateway/access/jwt.h"

namespace holon::gateway {
namespace {

using crypto::PublicKey;
using crypto::Signing;
using google::protobuf::Struct;
using google::protobuf::Value;

bool has(const Struct& jwk, const std::string& name) { return jwk.fields().count(name) != 0; }

/// Empty if it is missing or no text.
std::string text_of(const Struct& jwk, const std::string& name) {
  auto found = jwk.fields().find(name);
  return found != jwk.fields().end() ? found->second.string_value() : std::string();
}

Result<std::string> bytes_of(const Struct& jwk, const std::string& name) {
  std::optional<std::string> bytes = base64url_decode(text_of(jwk, name));
  if (!bytes || bytes->empty()) return invalid_argument(name + " is missing, or no base64url");
  return std::move(*bytes);
}

Result<void> check_use(const Struct& jwk) {
  if (has(jwk, "use") && text_of(jwk, "use") != "sig") return invalid_argument("use: it is not for signatures");
  if (!has(jwk, "key_ops")) return {};
  const auto& operations = jwk.fields().at("key_ops").list_value().values();
  auto verifies = [](const Value& value) { return value.string_value() == "verify"; };
  if (std::any_of(operations.begin(), operations.end(), verifies)) return {};
  return invalid_argument("key_ops: it is not to verify");
}

Result<PublicKey> read_public_key(const Struct& jwk) {
  const std::string type = text_of(jwk, "kty");
  const std::string curve = text_of(jwk, "crv");
  if (type == "RSA") {
    const std::string modulus = HOLON_TRY(bytes_of(jwk, "n"));
    const std::string exponent = HOLON_TRY(bytes_of(jwk, "e"));
    return PublicKey::rsa(modulus, exponent);
  }
  if (type == "EC" && curve == "P-256") {
    const std::string x = HOLON_TRY(bytes_of(jwk, "x"));
    const std::string y = HOLON_TRY(bytes_of(jwk, "y"));
    return PublicKey::p256(x, y);
  }
  if (type == "OKP" && curve == "Ed25519") {
    const std::string x = HOLON_TRY(bytes_of(jwk, "x"));
    return PublicKey::ed25519(x);
  }
  return invalid_argument("kty and crv are none of RSA, EC with P-256, OKP with Ed25519");
}

Result<VerificationKey> read_jwk(const Struct& jwk) {
  HOLON_TRY(check_use(jwk));
  std::optional<Signing> signing;
  if (has(jwk, "alg")) {
    signing = signing_of(text_of(jwk, "alg"));
    if (!signing) return invalid_argument("alg is none of RS256, PS256, ES256, EdDSA");
  }
  std::string id = text_of(jwk, "kid");
  if (id.size() > key_id_bytes_max) return invalid_argument("kid is longer than 256 bytes");
  PublicKey key = HOLON_TRY(read_public_key(jwk));
  if (signing && !key.fits(*signing)) return invalid_argument("alg is not one of its kind of key");
  return VerificationKey{std::move(id), signing, std::move(key)};
}

/// `d` is the secret of all three kinds (RFC 7518, 6.2.2 and 6.3.2; RFC 8037).
Result<void> add(const Struct& jwk, KeySet& into) {
  const std::string id = text_of(jwk, "kid").substr(0, key_id_bytes_max);
  if (has(jwk, "d")) {
    return invalid_argument("the key \"" + id + "\" is a private one: take it back, and give its public half");
  }
  Result<VerificationKey> key = read_jwk(jwk);
  if (key.ok()) {
    into.keys.push_back(std::move(*key));
  } else {
    into.left_out.push_back("the key \"" + id + "\": " + key.error().message());
  }
  return {};
}

Result<KeySet> read_json(std::string_view text) {
  static const contract::Json reader(*google::protobuf::DescriptorPool::generated_pool());
  Struct root;
  HOLON_TRY(reader.parse(text, root));
  KeySet set;
  if (!has(root, "keys")) {
    HOLON_TRY(add(root, set));
    return set;
  }
  const auto& keys = root.fields().at("keys").list_value().values();
  if (static_cast<std::size_t>(keys.size()) > keys_max) return invalid_argument("more than 64 keys");
  for (const Value& key : keys) HOLON_TRY(add(key.struct_value(), set));
  return set;
}

Result<KeySet> read_pem(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN ";
  constexpr std::string_view end = "-----END ";
  KeySet set;
  for (std::size_t at = text.find(begin); at != text.npos; at = text.find(begin, at)) {
    const std::size_t stop = std::min(text.find(end, at), text.size());
    const std::size_t after = std::min(text.find('\n', stop), text.size());
    const std::string_view block = text.substr(at, after - at);
    if (block.substr(0, block.find('\n')).find("PRIVATE KEY") != block.npos) {
      return invalid_argument("it has a private key: take it back, and give its public half (openssl pkey -pubout)");
    }
    if (set.keys.size() == keys_max) return invalid_argument("more than 64 keys");
    PublicKey key = HOLON_TRY(PublicKey::from_pem(block));
    set.keys.push_back({{}, {}, std::move(key)});
    at = after;
  }
  return set;
}

}  // namespace

bool KeySet::knows(const std::optional<std::string>& id) const {
  auto is_meant = [&](const VerificationKey& key) { return key.id.empty() || key.id == *id; };
  return !id || std::any_of(keys.begin(), keys.end(), is_meant);
}

std::vector<const VerificationKey*> KeySet::candidates(Signing how, const std::optional<std::string>& id) const {
  std::vector<const VerificationKey*> fitting;
  for (const VerificationKey& key : keys) {
    const bool meant = !id || key.id.empty() || key.id == *id;
    if (meant && key.fits(how) && fitting.size() < candidates_max) fitting.push_back(&key);
  }
  return fitting;
}

Result<KeySet> read_keys(std::string_view text) {
  if (text.size() > keys_bytes_max) return resource_exhausted("more than 256 KiB of keys");
  const bool json = text.find_first_not_of(" \t\r\n") != text.npos && text[text.find_first_not_of(" \t\r\n")] == '{';
  KeySet set = HOLON_TRY(json ? read_json(text) : read_pem(text));
  if (!set.keys.empty()) return set;
  std::string why = "it has no key that tokens can be checked by; give a JWK set, or PEM (-----BEGIN PUBLIC KEY-----)";
  for (const std::string& one : set.left_out) why += "; " + one;
  return invalid_argument(std::move(why));
}

}  // namespace holon::gateway
