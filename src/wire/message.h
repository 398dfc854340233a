// How gRPC frames messages (doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message"): a flag that says whether the message is
// compressed, its length in four bytes, the message. gRPC-Web frames in the same way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "holon/result.h"
#include "wire/http2.h"

namespace google::protobuf {
class MessageLite;
}

namespace holon::wire {

/// What a message may have, unless configured otherwise: gRPC's default for what is received. Here it bounds what is sent too,
/// so that it is refused where it is made, and what is bounded in one process is in two.
constexpr std::size_t message_bytes_max = 4 << 20;

/// grpc-encoding: what the messages of one direction may be compressed by. Each message says for itself whether it is.
enum class Encoding : std::uint8_t { identity, gzip };

/// The prefix of a frame: a flag, and the length of what follows, big-endian.
constexpr std::size_t prefix_bytes = 5;
/// Writes it to the `prefix_bytes` at `at`.
void write_prefix(char* at, char flag, std::size_t size);
/// Appends that of an uncompressed message.
void append_prefix(std::string& out, std::size_t size);

/// Appends `message` with its prefix; compressed if `encoding` is gzip and that makes it smaller. RESOURCE_EXHAUSTED for
/// one of more than `bytes_max` before that, or than the 2 GiB that protobuf can serialise: nothing is appended then.
Result<void> append_message(std::string& out, const google::protobuf::MessageLite& message, Encoding encoding,
                            std::size_t bytes_max);

/// Cuts a byte stream into messages. Fed as bytes arrive; bounds what it keeps.
class MessageReader {
 public:
  /// @param bytes_max  of one message, compressed or not
  explicit MessageReader(std::size_t bytes_max = message_bytes_max) : bytes_max_(bytes_max) {}

  /// From here on messages may be compressed by `encoding`: what the sender's headers said.
  void accept(Encoding encoding) { encoding_ = encoding; }
  /// RESOURCE_EXHAUSTED for a message over the bound, INTERNAL for a compressed one where no encoding was stated.
  Result<void> feed(Bytes bytes);
  /// The next whole message, decompressed, if there is one; the view lives until the next call of `feed` or `next`.
  /// RESOURCE_EXHAUSTED for one that is over the bound when decompressed, INTERNAL for one that is no gzip.
  Result<std::optional<std::string_view>> next();
  /// Whether the message taken last came compressed.
  bool compressed() const { return compressed_; }
  /// Whether bytes of an unfinished message are kept: at the end of a stream that is an error.
  bool partial() const { return known_ != buffer_.size(); }
  /// Whether `next` has a whole message.
  bool ready() const {
    if (buffered() < prefix_bytes) return false;
    auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(buffer_[start_ + i])}; };
    return buffered() - prefix_bytes >= (byte(1) << 24 | byte(2) << 16 | byte(3) << 8 | byte(4));
  }
  /// Bytes of an unfinished message that are still to come.
  std::size_t missing() const { return known_ > buffer_.size() ? known_ - buffer_.size() : 0; }
  /// Bytes kept, of whole and partial messages.
  std::size_t buffered() const { return buffer_.size() - start_; }

 private:
  Result<void> check(char flag, std::size_t size) const;

  std::size_t bytes_max_;
  std::string buffer_;
  std::size_t start_ = 0;  ///< of the next message
  std::size_t known_ = 0;  ///< where the latest message whose prefix was seen ends, maybe beyond what has arrived
  std::string unpacked_;   ///< the message taken last, if it came compressed
  Encoding encoding_ = Encoding::identity;
  bool compressed_ = false;
};

/// RESOURCE_EXHAUSTED for a message over the bound, with the remedy.
Error message_too_large(std::size_t bytes, std::size_t bytes_max);

}  // namespace holon::wire
