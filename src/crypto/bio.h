// How OpenSSL reads and writes here: from whoever has the bytes, into the thread's scratch. No buffers between.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "crypto/openssl.h"

namespace holon::crypto {

class BioSource {
 public:
  virtual ~BioSource() = default;
  /// Copies what there is into `into`; 0 if there is nothing just now.
  virtual std::size_t give(std::span<std::byte> into) = 0;
};

/// From here on `ssl` reads from `source`, which outlives it.
void use_bio(SSL* ssl, BioSource& source);

/// What OpenSSL has written on this thread, of whichever connection: each call that may write takes it out at its end.
std::string& encrypted();

}  // namespace holon::crypto
