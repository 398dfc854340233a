#include "crypto/signature.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "crypto/openssl.h"

namespace holon::crypto {
namespace {

using Digest = std::unique_ptr<EVP_MD_CTX, Released<EVP_MD_CTX_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Released<EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Released<BN_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Released<OSSL_PARAM_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Released<OSSL_PARAM_BLD_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Released<ECDSA_SIG_free>>;

constexpr std::size_t curve_bytes = 32;
constexpr std::size_t exponent_bytes_max = 4;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

Number number_of(std::string_view big_endian) {
  return Number(BN_bin2bn(raw(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

/// Null for what is no such key.
PrivateKey make(const char* kind, OSSL_PARAM* params) {
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  ERR_clear_error();
  if (EVP_PKEY_fromdata_init(context.get()) != 1 || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    return nullptr;
  }
  return PrivateKey(key);
}

/// A point on the curve and in its group, a modulus that is one.
bool sound(EVP_PKEY* key) {
  KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  return EVP_PKEY_public_check(context.get()) == 1;
}

bool is_p256(EVP_PKEY* key) {
  char name[32] = "";
  std::size_t size = 0;
  EVP_PKEY_get_group_name(key, name, sizeof name, &size);
  return std::string_view(name, size) == "prime256v1" || std::string_view(name, size) == "P-256";
}

/// r and s in the form of X9.62, which OpenSSL takes; empty if they are not of 32 bytes each.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * curve_bytes) return {};
  EcSignature pair(ECDSA_SIG_new());
  ECDSA_SIG_set0(pair.get(), number_of(signature.substr(0, curve_bytes)).release(),
                 number_of(signature.substr(curve_bytes)).release());
  unsigned char* bytes = nullptr;
  int size = i2d_ECDSA_SIG(pair.get(), &bytes);
  std::string der(reinterpret_cast<char*>(bytes), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(bytes);
  return der;
}

}  // namespace

struct PublicKey::Impl {
  PrivateKey key;  ///< the public half alone
};

Result<PublicKey> PublicKey::checked(std::shared_ptr<Impl> impl) {
  EVP_PKEY* key = impl->key.get();
  Kind kind{};
  if (key == nullptr) return invalid_argument("it is no public key: " + last_reason());
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: kind = Kind::rsa; break;
    case EVP_PKEY_EC: kind = Kind::p256; break;
    case EVP_PKEY_ED25519: kind = Kind::ed25519; break;
    default: return invalid_argument("keys are RSA, P-256 or Ed25519");
  }
  if (kind == Kind::p256 && !is_p256(key)) return invalid_argument("of elliptic curves there are P-256 and Ed25519");
  const int bits = EVP_PKEY_get_bits(key);
  if (kind == Kind::rsa && (bits < rsa_bits_min || bits > rsa_bits_max)) {
    return invalid_argument("an RSA key of " + std::to_string(bits) + " bits; it has to have " + std::to_string(rsa_bits_min) +
                            " to " + std::to_string(rsa_bits_max));
  }
  if (!sound(key)) return invalid_argument("the numbers of the key are none of such a key: " + last_reason());
  return PublicKey(kind, std::move(impl));
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  Bio reader(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto impl = std::make_shared<Impl>();
  ERR_clear_error();
  if (pem.find("-----BEGIN CERTIFICATE-----") != pem.npos) {
    Certificate certificate(PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr));
    if (certificate != nullptr) impl->key.reset(X509_get_pubkey(certificate.get()));
  } else {
    impl->key.reset(PEM_read_bio_PUBKEY(reader.get(), nullptr, no_passphrase, nullptr));
  }
  return checked(std::move(impl));
}

Result<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() * 8 > rsa_bits_max) return invalid_argument("an RSA key of more than 8192 bits");
  const bool odd = !exponent.empty() && (exponent.back() & 1) != 0;
  if (exponent.size() > exponent_bytes_max || !odd || exponent == "\1") {
    return invalid_argument("an RSA key's exponent is odd, above 1 and below 2^32");
  }
  Number n = number_of(modulus);
  Number e = number_of(exponent);
  ParamBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  auto impl = std::make_shared<Impl>();
  impl->key = make("RSA", params.get());
  return checked(std::move(impl));
}

Result<PublicKey> PublicKey::p256(std::string_view x, std::string_view y) {
  if (x.size() != curve_bytes || y.size() != curve_bytes) return invalid_argument("x and y of P-256 are 32 bytes each");
  const std::string point = "\x04" + std::string(x) + std::string(y);
  ParamBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  auto impl = std::make_shared<Impl>();
  impl->key = make("EC", params.get());
  return checked(std::move(impl));
}

Result<PublicKey> PublicKey::ed25519(std::string_view x) {
  if (x.size() != curve_bytes) return invalid_argument("x of Ed25519 is 32 bytes");
  auto impl = std::make_shared<Impl>();
  impl->key.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(x), x.size()));
  return checked(std::move(impl));
}

bool PublicKey::fits(Signing how) const {
  switch (how) {
    case Signing::rs256:
    case Signing::ps256: return kind_ == Kind::rsa;
    case Signing::es256: return kind_ == Kind::p256;
    case Signing::eddsa: return kind_ == Kind::ed25519;
  }
  return false;
}

bool PublicKey::verify(Signing how, std::string_view bytes, std::string_view signature) const {
  if (!fits(how)) return false;
  const std::string der = how == Signing::es256 ? der_of(signature) : std::string();
  if (how == Signing::es256) signature = der;
  Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;  // the digest's
  const EVP_MD* hash = how == Signing::eddsa ? nullptr : EVP_sha256();
  bool ready = EVP_DigestVerifyInit(digest.get(), &context, hash, nullptr, impl_->key.get()) == 1;
  if (how == Signing::ps256) {  // RFC 7518, 3.5: MGF1 by the same hash, a salt as long as it
    ready = ready && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  const bool good =
      ready && EVP_DigestVerify(digest.get(), raw(signature), signature.size(), raw(bytes), bytes.size()) == 1;
  ERR_clear_error();  // a bad signature is none of OpenSSL's errors for whoever looks next
  return good;
}

}  // namespace holon::crypto
