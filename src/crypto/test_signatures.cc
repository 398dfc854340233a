#include "crypto/test_signatures.h"

#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "crypto/openssl.h"

namespace holon::crypto {
namespace {

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

EVP_PKEY* make(PublicKey::Kind kind, int rsa_bits) {
  switch (kind) {
    case PublicKey::Kind::rsa: return EVP_RSA_gen(static_cast<unsigned>(rsa_bits));
    case PublicKey::Kind::p256: return EVP_EC_gen("P-256");
    default: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
}

std::string number_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, raw(bytes));
  BN_free(number);
  return bytes;
}

std::string padded(std::string number) { return std::string(32 - number.size(), '\0') + number; }

std::string text_of(const Bio& memory) {
  char* data = nullptr;
  long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

struct TestSigner::Impl {
  PublicKey::Kind kind;
  PrivateKey key;
};

TestSigner::TestSigner(PublicKey::Kind kind, int rsa_bits)
    : impl_(new Impl{kind, PrivateKey(make(kind, rsa_bits))}) {}
TestSigner::~TestSigner() = default;

std::string TestSigner::sign(Signing how, std::string_view bytes) const {
  std::unique_ptr<EVP_MD_CTX, Released<EVP_MD_CTX_free>> digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;
  const EVP_MD* hash = how == Signing::eddsa ? nullptr : EVP_sha256();
  EVP_DigestSignInit(digest.get(), &context, hash, nullptr, impl_->key.get());
  if (how == Signing::ps256) {
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST);
  }
  std::size_t size = 0;
  EVP_DigestSign(digest.get(), nullptr, &size, raw(bytes), bytes.size());
  std::string signature(size, '\0');
  EVP_DigestSign(digest.get(), raw(signature), &size, raw(bytes), bytes.size());
  signature.resize(size);
  if (how != Signing::es256) return signature;
  const unsigned char* at = raw(std::string_view(signature));
  std::unique_ptr<ECDSA_SIG, Released<ECDSA_SIG_free>> pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  std::string both(64, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), raw(both), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), raw(both) + 32, 32);
  return both;
}

std::string TestSigner::sign_der(std::string_view bytes) const {
  const std::string both = sign(Signing::es256, bytes);
  std::unique_ptr<ECDSA_SIG, Released<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
  ECDSA_SIG_set0(pair.get(), BN_bin2bn(raw(both), 32, nullptr), BN_bin2bn(raw(both) + 32, 32, nullptr));
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::string TestSigner::public_pem() const {
  Bio out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(out.get(), impl_->key.get());
  return text_of(out);
}

std::string TestSigner::private_pem() const {
  Bio out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(out.get(), impl_->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(out);
}

TestSigner::Numbers TestSigner::numbers() const {
  EVP_PKEY* key = impl_->key.get();
  if (impl_->kind == PublicKey::Kind::rsa) {
    return {number_of(key, OSSL_PKEY_PARAM_RSA_N), number_of(key, OSSL_PKEY_PARAM_RSA_E)};
  }
  if (impl_->kind == PublicKey::Kind::p256) {
    return {padded(number_of(key, OSSL_PKEY_PARAM_EC_PUB_X)), padded(number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y))};
  }
  std::string x(32, '\0');
  std::size_t size = x.size();
  EVP_PKEY_get_raw_public_key(key, raw(x), &size);
  return {x, {}};
}

std::string hmac_sha256(std::string_view secret, std::string_view bytes) {
  std::string mac(32, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), raw(bytes), bytes.size(), raw(mac), &size);
  return mac;
}

}  // namespace holon::crypto
