// What OpenSSL's C interface lacks: owners, and errors in words. For this room alone.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "holon/result.h"

namespace holon::crypto {

template <auto release>
struct Released {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using SslContext = std::unique_ptr<SSL_CTX, Released<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Released<SSL_free>>;
using Session = std::unique_ptr<SSL_SESSION, Released<SSL_SESSION_free>>;
using Certificate = std::unique_ptr<X509, Released<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Released<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Released<BIO_free_all>>;

/// What OpenSSL says about the latest error of this thread; its queue is empty after that.
std::string last_reason();

/// The callback for PEM's readers: without it OpenSSL asks at the terminal.
int no_passphrase(char*, int, int, void*);
/// The certificates of a PEM text, in their order. The error names `file`.
Result<std::vector<Certificate>> read_certificates(const std::string& file, std::string_view pem);
/// The private key of a PEM text. One with a passphrase is refused.
Result<PrivateKey> read_key(const std::string& file, std::string_view pem);

/// "CN=cart,O=shop" (RFC 2253).
std::string name_of(const X509_NAME* name);
/// The subject alternative names: "DNS:cart.shop", "IP:10.0.0.1", "URI:spiffe://shop/host/cart".
std::vector<std::string> alternative_names(X509* certificate);

}  // namespace holon::crypto
