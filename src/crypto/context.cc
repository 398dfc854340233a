#include "crypto/context.h"

#include <new>

namespace holon::crypto {
namespace {

// Ephemeral keys and authenticated encryption: none of RFC 9113's appendix A. AES first, which processors do; a client
// without that in hardware puts ChaCha20 first, and gets it.
constexpr const char* ciphers_1_3 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* ciphers_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

constexpr std::uint64_t options =
    SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;

}  // namespace

SslContext make_context(const SSL_METHOD* method) {
  SslContext context(SSL_CTX_new(method));
  if (context == nullptr) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), options);
  SSL_CTX_set_ciphersuites(context.get(), ciphers_1_3);
  SSL_CTX_set_cipher_list(context.get(), ciphers_1_2);
  return context;
}

Result<void> use_pair(SSL_CTX* context, const KeyPair& pair, const FileContents& contents) {
  std::vector<Certificate> chain =
      HOLON_TRY(read_certificates(pair.certificate.string(), contents.at(pair.certificate)));
  PrivateKey key = HOLON_TRY(read_key(pair.key.string(), contents.at(pair.key)));
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    (void)last_reason();
    return invalid_argument(pair.key.string() + " is not the key of the certificate in " + pair.certificate.string() +
                            "; the server's own certificate comes first in its file, those of authorities after it");
  }
  bool used = SSL_CTX_use_certificate(context, chain.front().get()) == 1 &&
              SSL_CTX_use_PrivateKey(context, key.get()) == 1;
  for (std::size_t i = 1; used && i < chain.size(); ++i) used = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
  if (!used) return invalid_argument(pair.certificate.string() + " cannot be used: " + last_reason());
  return {};
}

Result<void> trust(SSL_CTX* context, const std::filesystem::path& file, const FileContents& contents) {
  std::vector<Certificate> roots = HOLON_TRY(read_certificates(file.string(), contents.at(file)));
  for (const Certificate& root : roots) X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get());
  return {};
}

void set_time(SSL* ssl, env::Environment& world) {
  X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), std::chrono::system_clock::to_time_t(world.wall()));
}

Ssl make_ssl(SSL_CTX* context) {
  Ssl ssl(SSL_new(context));
  if (ssl == nullptr) throw std::bad_alloc();
  return ssl;
}

}  // namespace holon::crypto
