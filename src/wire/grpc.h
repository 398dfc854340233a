// gRPC over HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): what is said in headers. How messages
// are framed: message.h. Pure functions; no I/O.
#pragma once

#include <concepts>
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
#include "wire/message.h"

namespace holon::wire {

/// With Http2Session::low_mark, what a writer queues at most before it suspends: the 64 KiB that a stream may hold
/// unread.
constexpr std::uint32_t stream_window_bytes = 32 << 10;

/// How often the call was attempted before (gRFC A6).
constexpr std::string_view earlier_attempts_name = "grpc-previous-rpc-attempts";

/// What a peer may compress messages by, for grpc-accept-encoding.
constexpr std::string_view accepted_encodings = "identity,gzip";

/// How a call is carried: by gRPC, or by one of gRPC-Web's two forms (grpc_web.h).
enum class Form : std::uint8_t { grpc, web, web_text };

/// What the headers of a request say.
struct RequestHead {
  Form form = Form::grpc;                        ///< of the request
  Form answer_form = Form::grpc;                 ///< of the answer: `accept` may ask for another than the request's
  std::string_view path;                         ///< "/shop.Cart/GetCart"; lives as long as the headers
  std::optional<std::chrono::nanoseconds> timeout;
  TraceContext trace;                            ///< `span` is the caller's
  std::string caller;                            ///< holon-caller
  int hops = 0;                                  ///< holon-hops
  int priority = 1;                              ///< holon-priority
  Encoding encoding = Encoding::identity;        ///< what messages may be compressed by
  bool accepts_gzip = false;                     ///< whether replies may be
  Metadata metadata;                             ///< the rest; `-bin` values decoded
};

/// Reads a server's request headers. The error's code is the gRPC status to answer with; `http_status` is 200 but for
/// what is no gRPC at all (405, 415).
struct BadRequest {
  int http_status;
  Error error;
};
std::optional<BadRequest> read_request(Headers headers, RequestHead& into);
/// The same for a block whose beginning may have come before: what was made of that is kept in `memo`, if there is one.
std::optional<BadRequest> read_request(Headers headers, HeaderMemo* memo, RequestHead& into);

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
  /// Comes last in a block: it takes what is left of `list_bytes_max`, as RFC 9113, 6.5.2 counts.
  void add_status(const Result<void>& status, std::size_t list_bytes_max);
  void add_once(std::string_view name, std::string_view value) { views_.push_back({name, value, true}); }

  std::vector<HeaderView> views_;

 private:
  std::deque<std::string> texts_;  ///< a deque: views point into short strings, which must not move
  std::size_t texts_used_ = 0;
};

/// Where a request goes: its `:authority` and its `:scheme`, "https" over TLS. Views, of what outlives the request's headers.
struct Origin {
  std::string_view authority;
  std::string_view scheme = "http";

  Origin(std::string_view of, std::string_view by) : authority(of), scheme(by) {}
  template <std::convertible_to<std::string_view> Text>
  Origin(const Text& of) : authority(of) {}
};

/// What the header block of a request says. Views, of what outlives it.
struct RequestFields {
  static inline const TraceContext no_trace{};
  static inline const Metadata no_metadata{};

  std::string_view method;  ///< "shop.Cart/GetCart"
  Origin origin;
  std::optional<std::chrono::nanoseconds> timeout = {};
  const TraceContext& trace = no_trace;
  std::string_view caller = {};
  int hops = 0;
  int priority = 1;
  const Metadata& metadata = no_metadata;
  Encoding encoding = Encoding::identity;
  int earlier_attempts = 0;  ///< of the same call: grpc-previous-rpc-attempts (gRFC A6)
};

/// The header block of a request. Views into the writer's own buffers, valid until the next `write`.
class RequestWriter : private HeaderBlock {
 public:
  OutgoingHeaders write(const RequestFields& request);

 private:
  /// What calls of one method by one caller have in common, while they go to one place.
  struct Kept {
    std::string method, authority, scheme, caller;
    int hops = -1, priority = -1;
    Encoding encoding{};
    std::unique_ptr<HeaderTemplate> fields;
  };

  const HeaderTemplate& recurring(const RequestFields& request);
  static std::unique_ptr<HeaderTemplate> make(const Kept& kept);
  void write_traceparent(const TraceContext& trace);

  std::vector<Kept> kept_;  ///< by a hash of the method and the hops
};

/// The header and trailer blocks of a response. A status stays within what the peer takes beside the metadata: of an error,
/// the code always arrives, the message is cut where it must be (at 4 KiB at the latest), and details that don't fit stay
/// behind.
class ResponseWriter : private HeaderBlock {
 public:
  /// What peers take that say nothing: grpc++ and grpc-java.
  static constexpr std::size_t list_bytes_default = 8 << 10;
  /// What the peer takes in one block (SETTINGS_MAX_HEADER_LIST_SIZE).
  void bound(std::size_t list_bytes_max) { list_bytes_max_ = list_bytes_max; }

  OutgoingHeaders headers(const Metadata& metadata, Encoding encoding = Encoding::identity);
  OutgoingHeaders trailers(const Result<void>& status, const Metadata& metadata);
  /// Status without any message before it.
  OutgoingHeaders trailers_only(const Result<void>& status, const Metadata& headers, const Metadata& trailers);
  /// For what is no gRPC request.
  Headers plain(int http_status, const Error& error);

 private:
  std::size_t list_bytes_max_ = list_bytes_default;
};

/// What a client understands of response headers and trailers: `status` is there once grpc-status was seen, or the HTTP
/// status mapped where there is none (doc/http-grpc-status-mapping.md).
struct ResponseHead {
  std::optional<Result<void>> status;
  Encoding encoding = Encoding::identity;  ///< what messages may be compressed by
  Metadata metadata;
  /// grpc-retry-pushback-ms (gRFC A6): the call may be sent again after so long; never, if that is negative.
  std::optional<std::chrono::milliseconds> push_back;
  bool unbegun = false;  ///< holon-unbegun: no handler has begun the call
};
/// @param end  whether the block ends the stream
ResponseHead read_response(Headers headers, bool end);
/// The same for a block that may have come before: see read_request.
ResponseHead read_response(Headers headers, HeaderMemo* memo, bool end);

/// grpc-timeout: at most 8 digits and a unit; rounded up, never to 0.
std::string encode_timeout(std::chrono::nanoseconds timeout);
std::optional<std::chrono::nanoseconds> decode_timeout(std::string_view text);

/// grpc-message: percent-encoding of all but printable ASCII without '%', and of a blank at either end.
std::string percent_encode(std::string_view text);
std::string percent_decode(std::string_view text);

/// W3C trace context; nothing if it is malformed, and the trace begins anew then.
std::optional<TraceContext> parse_traceparent(std::string_view text);

/// The values of `-bin` metadata. Padding is accepted, not written.
std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace holon::wire
