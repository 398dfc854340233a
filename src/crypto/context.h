// What servers' and clients' contexts have in common.
#pragma once

#include <filesystem>

#include "crypto/from_files.h"
#include "crypto/openssl.h"
#include "crypto/tls.h"

namespace holon::crypto {

/// A context for TLS 1.2 and 1.3 with the ciphers that HTTP/2 allows (RFC 9113, 9.2).
SslContext make_context(const SSL_METHOD* method);
/// Shows a certificate and its chain to the other side.
Result<void> use_pair(SSL_CTX* context, const KeyPair& pair, const FileContents& contents);
/// Trusts who is certified by one of the certificates in `file`.
Result<void> trust(SSL_CTX* context, const std::filesystem::path& file, const FileContents& contents);
/// What is verified is verified as of the world's time.
void set_time(SSL* ssl, env::Environment& world);
/// A new connection of `context`.
Ssl make_ssl(SSL_CTX* context);

}  // namespace holon::crypto
