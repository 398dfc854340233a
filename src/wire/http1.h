// The server's side of HTTP/1.1 (RFC 9112), a machine over bytes: requests out of bytes, bytes out of answers. No I/O.
//
//   wire::Http1Connection connection(limits, events);
//   connection.receive(bytes);                     // calls events.request_head, body, request_end
//   connection.respond(200, headers, body);        // or respond_head, write, … , end
//   connection.gather(buffer);                     // all that is to be written now
//
// One request at a time: what a peer pipelines behind it is kept until the answer is complete and `proceed` is called.
// llhttp parses behind a gate that refuses whatever two parsers could read differently: bare LF, folded lines, a space
// before the colon, Content-Length beside Transfer-Encoding, chunk extensions, and the like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wire/http2.h"

namespace holon::wire {

struct Http1Limits {
  std::size_t target_bytes_max = 8 << 10;
  std::size_t head_bytes_max = 32 << 10;   ///< the request line, all header lines, and once more for trailers
  std::size_t headers_max = 100;           ///< header lines
  std::size_t body_bytes_max = 4 << 20;
  std::size_t pipelined_bytes_max = 256 << 10;  ///< kept behind the request that is being answered
};

/// What the head of a request says. Views live as long as the event.
struct Http1Request {
  std::string_view method;     ///< "GET"; only methods of RFC 9110 and PATCH get here
  std::string_view target;     ///< origin-form ("/a?b=c"), or "*" for OPTIONS
  std::string_view authority;  ///< the Host header, checked
  Headers headers;             ///< names lower-cased, values trimmed; Host among them
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool http_1_0 = false;
};

/// What a connection tells. The events may answer at once.
class Http1Events {
 public:
  virtual ~Http1Events() = default;
  /// If this does not answer and the peer waits for it, `100 Continue` follows.
  virtual void request_head(const Http1Request& request) = 0;
  virtual void request_body(Bytes bytes) = 0;
  /// The request is complete. Not called for one that was answered before its end.
  virtual void request_end() = 0;
  /// What came is no acceptable request (400, 413, 414, 417, 431, 501, 505), and the connection reads nothing more.
  /// This may answer; if it does not, the connection says `why` in a line of plain text. Not called when the answer has
  /// begun: then the connection is cut off.
  virtual void refused(int status, std::string_view why) = 0;
};

class Http1Connection {
 public:
  Http1Connection(const Http1Limits& limits, Http1Events& events);
  ~Http1Connection();
  Http1Connection(const Http1Connection&) = delete;
  Http1Connection& operator=(const Http1Connection&) = delete;

  /// Takes what arrived. Bytes behind a request that is still to be answered are kept.
  void receive(Bytes bytes);
  /// Goes on with what was kept, after the answer was completed outside of an event. Never called from an event.
  void proceed();
  /// Whether reading makes sense: false while a request waits for its answer, and at the end.
  bool wants_read() const;

  /// The whole answer. Content-Length, Transfer-Encoding and Connection are the connection's own: headers must not carry
  /// them. An answer to HEAD, and 204 and 304, go without the body.
  /// INVALID_ARGUMENT for a header that would break the framing (a bad name, a control character in a value), and
  /// nothing was sent then.
  Result<void> respond(int status, Headers headers, std::string_view body);
  /// The head of an answer in pieces: `length` bytes, or chunked (until the end of the connection for HTTP/1.0).
  Result<void> respond_head(int status, Headers headers, std::optional<std::uint64_t> length);
  void write(std::string_view bytes);
  /// Completes the answer. Fewer bytes than `length` cut the connection off, so that the peer notices.
  void end();
  /// The answer can't be completed: the connection is cut off.
  void abort();

  /// Appends what is to be sent now to `buffer`, which the caller owns and clears.
  void gather(std::string& buffer);
  bool wants_write() const;
  std::size_t unsent() const;
  /// No byte goes either way any more: write what was gathered, then close.
  bool finished() const;
  /// No request is under way, not even in part.
  bool idle() const;
  /// The head of a request has come, its body has not yet.
  bool in_body() const;
  /// The answer of the request under way, or of the next one, is the last. Finishes at once when idle.
  void drain();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// "Not Found" for 404; "" for what is unknown.
std::string_view reason_phrase(int status);

}  // namespace holon::wire
