// TlsStream: a byte stream through OpenSSL.
#pragma once

#include <string>

#include "crypto/explain.h"
#include "crypto/openssl.h"
#include "crypto/session_cache.h"
#include "crypto/tls.h"

namespace holon::crypto {

/// What a stream takes from ServerTls or ClientTls.
struct StreamSetup {
  Side side;
  Ssl ssl;                           ///< with all that is particular to this connection but its bytes
  std::shared_ptr<void> owner = {};  ///< lives as long as the stream
  std::string server_name = {};      ///< a client's: what it called
  bool needs_http2 = false;          ///< a client's: the server must agree to it by ALPN
  std::shared_ptr<SessionCache> sessions = {};  ///< a client's: what it may resume later goes here …
  std::string place = {};                       ///< … under this name
};

std::unique_ptr<SecureStream> make_stream(StreamSetup setup, std::unique_ptr<env::Stream> below);

/// Of a context whose connections become streams: how they verify, keep sessions and buffers.
void prepare_for_streams(SSL_CTX* context);

}  // namespace holon::crypto
