// Why a handshake or a connection failed, in words: which certificate, whose, and what would mend it.
#pragma once

#include <string>

#include "crypto/openssl.h"

namespace holon::crypto {

enum class Side { client, server };

/// About the certificate that `context` has just refused, from its verify callback.
/// @param side    who verifies: a client verifies a server
/// @param wanted  the name that the certificate should have; empty for a client's
std::string explain_refusal(X509_STORE_CTX* context, Side side, const std::string& wanted);

/// Whether this thread's latest error is that the other side does not speak TLS.
bool speaks_no_tls();

/// About the error that `SSL_get_error` called SSL_ERROR_SSL: takes the latest of this thread's.
std::string explain_error(Side side);

}  // namespace holon::crypto
