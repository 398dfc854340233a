// Encoder: bytes in, the same in gzip (RFC 1952) or br (RFC 7932) out, piece by piece.
//
//   const std::unique_ptr<Encoder> encoder = make_encoder(Coding::gzip, Encoder::For::pieces);
//   send(encoder->feed("one, ", true));      // flushed: the client can read it now
//   send(encoder->feed("two", false));
//   send(encoder->finish());
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gateway/content/accept_encoding.h"

namespace holon::gateway {

class Encoder {
 public:
  /// A whole answer is encoded in one go, so it may take memory for the moment: 1.3 MiB for br, 261 KiB for gzip. Answers in
  /// pieces live as long as their clients read, and there may be thousands of them: 0.9 MiB, 69 KiB.
  enum class For : std::uint8_t { whole, pieces };

  virtual ~Encoder() = default;
  /// What is ready of the encoded bytes, perhaps none. With `flush` all that was fed can be decoded by what came out so far.
  virtual std::string feed(std::string_view bytes, bool flush) = 0;
  /// The rest. Nothing may be fed afterwards.
  virtual std::string finish() = 0;
};

/// @param coding  gzip or br. Throws std::bad_alloc if there is no memory.
std::unique_ptr<Encoder> make_encoder(Coding coding, Encoder::For use);

}  // namespace holon::gateway
