// gRPC over HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): what is said in headers, and how
// messages are framed. Pure functions and small machines; no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"
#include "holon/call.h"
#include "holon/result.h"
#include "wire/http2.h"

namespace holon::wire {

constexpr std::size_t message_bytes_max = 4 << 20;
/// With Http2Session::low_mark, what a writer queues at most before it suspends: the 64 KiB that a stream may hold
/// unread.
constexpr std::uint32_t stream_window_bytes = 32 << 10;

/// What the headers of a request say.
struct RequestHead {
  std::string path;                              ///< "/shop.Cart/GetCart"
  std::string authority;
  std::optional<std::chrono::nanoseconds> timeout;
  TraceContext trace;                            ///< `span` is the caller's
  std::string caller;                            ///< holon-caller
  int hops = 0;                                  ///< holon-hops
  int priority = 1;                              ///< holon-priority
  Metadata metadata;                             ///< the rest; `-bin` values decoded
};

/// Reads a server's request headers. The error's code is the gRPC status to answer with; `http_status` is 200 but for
/// what is no gRPC at all (405, 415).
struct BadRequest {
  int http_status;
  Error error;
};
std::optional<BadRequest> read_request(Headers headers, RequestHead& into);

/// A header block being built, on buffers that are used again: no allocation once they have grown.
class HeaderBlock {
 protected:
  void begin();
  /// `value` must live as long as the block.
  void add(std::string_view name, std::string_view value) { views_.push_back({name, value}); }
  /// An empty text that lives as long as the block, for a value to be `add`ed.
  std::string& text();
  /// Leaves out what is reserved (grpc-…, holon-…, content-type, …) or can't be carried: no name of HTTP's, or a value
  /// beyond printable ASCII under a name that does not end in -bin.
  void add_metadata(const Metadata& metadata);
  void add_status(const Result<void>& status);
  void add_once(std::string_view name, std::string_view value) { views_.push_back({name, value, true}); }

  std::vector<HeaderView> views_;

 private:
  std::deque<std::string> texts_;  ///< a deque: views point into short strings, which must not move
  std::size_t texts_used_ = 0;
};

/// The header block of a request. Views into the writer's own buffers, valid until the next `write`.
class RequestWriter : private HeaderBlock {
 public:
  Headers write(std::string_view path, std::string_view authority, std::optional<std::chrono::nanoseconds> timeout,
                const TraceContext& trace, std::string_view caller, int hops, int priority, const Metadata& metadata);

 private:
  void write_traceparent(const TraceContext& trace);
};

/// The header and trailer blocks of a response. An error's message is cut at 4 KiB, and details above 4 KiB stay
/// behind: peers bound what they take in trailers.
class ResponseWriter : private HeaderBlock {
 public:
  Headers headers(const Metadata& metadata);
  Headers trailers(const Result<void>& status, const Metadata& metadata);
  /// Status without any message before it.
  Headers trailers_only(const Result<void>& status, const Metadata& headers, const Metadata& trailers);
  /// For what is no gRPC request.
  Headers plain(int http_status, const Error& error);
};

/// What a client understands of response headers and trailers: `status` is there once grpc-status was seen, or the HTTP
/// status mapped where there is none (doc/http-grpc-status-mapping.md).
struct ResponseHead {
  std::optional<Result<void>> status;
  Metadata metadata;
};
/// @param end  whether the block ends the stream
ResponseHead read_response(Headers headers, bool end);

/// Puts the 5-byte prefix (flag, big-endian length) before a message of `size` bytes.
void append_prefix(std::string& out, std::size_t size);

/// Cuts a byte stream into messages. Fed as bytes arrive; bounds what it keeps.
class MessageReader {
 public:
  explicit MessageReader(std::size_t bytes_max = message_bytes_max) : bytes_max_(bytes_max) {}

  /// RESOURCE_EXHAUSTED for a message over the bound, UNIMPLEMENTED for a compressed one (no encoding was agreed on).
  Result<void> feed(Bytes bytes);
  /// The next whole message, if there is one; the view lives until the next call of `feed` or `next`.
  std::optional<std::string_view> next();
  /// Whether bytes of an unfinished message are kept: at the end of a stream that is an error.
  bool partial() const;
  /// Whether `next` has a whole message.
  bool ready() const {
    if (buffered() < 5) return false;
    auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(buffer_[start_ + i])}; };
    return buffered() - 5 >= (byte(1) << 24 | byte(2) << 16 | byte(3) << 8 | byte(4));
  }
  /// Bytes kept, of whole and partial messages.
  std::size_t buffered() const { return buffer_.size() - start_; }

 private:
  std::size_t bytes_max_;
  std::string buffer_;
  std::size_t start_ = 0;  ///< of the next message
  std::size_t known_ = 0;  ///< where the latest message whose prefix was seen ends, maybe beyond what has arrived
};

/// grpc-timeout: at most 8 digits and a unit; rounded up, never to 0.
std::string encode_timeout(std::chrono::nanoseconds timeout);
std::optional<std::chrono::nanoseconds> decode_timeout(std::string_view text);

/// grpc-message: percent-encoding of all but printable ASCII without '%'.
std::string percent_encode(std::string_view text);
std::string percent_decode(std::string_view text);

/// W3C trace context; nothing if it is malformed, and the trace begins anew then.
std::optional<TraceContext> parse_traceparent(std::string_view text);

/// The values of `-bin` metadata. Padding is accepted, not written.
std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace holon::wire
