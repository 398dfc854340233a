// Compression: whether an answer is compressed on its way out, and what its head says then.
//
//   if (const std::optional<Coding> coding = compression.choose(request, status, headers, length)) {
//     announce(*coding, headers);                               // perhaps identity: the answer varies all the same
//     if (*coding != Coding::identity) body = make_encoder(*coding, …)…
//   }
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/config.h"
#include "gateway/content/accept_encoding.h"
#include "gateway/visit.h"

namespace holon::gateway {

/// Used by all loops.
class Compression {
 public:
  explicit Compression(CompressionConfig config) : config_(std::move(config)) {}

  /// Nothing: this answer goes as it is, whoever asks for it: it is too small, of a type that does not get smaller, encoded
  /// already, a part (206), without a body, or not to be changed (Cache-Control: no-transform). Otherwise what fits this client.
  /// @param headers  of the answer, names in lower case
  /// @param length   of its body; nothing: it comes in pieces, nobody knows how many
  std::optional<Coding> choose(const server::HttpRequest& request, int status, const HeaderList& headers,
                               std::optional<std::uint64_t> length) const;

 private:
  CompressionConfig config_;
};

/// Makes the head fit the coding that was chosen: Content-Encoding, and an ETag that is weak from now on, for the bytes are
/// others (RFC 9110, 8.8.1). Accept-Ranges goes, since parts would be of other bytes. Vary names what was chosen by.
void announce(Coding coding, HeaderList& headers);

}  // namespace holon::gateway
