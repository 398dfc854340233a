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
#include "wire/http_rules.h"

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
  bool expects_continue = false;  ///< the peer waits for `inform(100)`, or the answer, before it sends the body
  bool takes_trailers = false;    ///< behind an answer in chunks
  std::string_view upgrade;       ///< the protocol it would rather speak from here on; empty: none
};

/// What a connection tells. The events may answer at once.
class Http1Events {
 public:
  virtual ~Http1Events() = default;
  virtual void request_head(const Http1Request& request) = 0;
  /// A piece of its body; or, after `switch_protocols`, of the other protocol.
  virtual void request_body(Bytes bytes) = 0;
  /// The request is complete. Not called for one that was answered before its end.
  virtual void request_end() = 0;
  /// What came is no acceptable request, or its body is malformed, and the connection reads nothing more.
  /// @return  whether somebody answers, has, or will: that answer is the last. Else the connection says `rule.why` in a line of
  ///          plain text. What it is makes no difference when the answer has begun: the connection is cut off then.
  virtual bool refused(const HttpRule& rule) = 0;
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
  /// @param trailers  left out where the peer takes none, or the body is not in chunks
  void end(Headers trailers = {});
  /// A head before the answer's: 100 to a peer that waits for it, 103. HTTP/1.0 has none, so nothing is sent there.
  void inform(int status, Headers headers = {});
  /// Answers 101 to a complete request with an `upgrade`: from here on `request_body` tells the bytes of the other protocol and
  /// `write` sends such; `end` ends our direction. FAILED_PRECONDITION if no such request waits for its answer.
  Result<void> switch_protocols(Headers headers);
  bool switched() const;
  /// The answer can't be completed: the connection is cut off.
  void abort();
  /// The peer lets the rest of a request's head wait for too long: it is refused.
  void give_up_head();

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

/// INVALID_ARGUMENT for what is no final status, or a header that would break the framing of an answer: a bad name, a control
/// character in a value, or one by which the connection itself frames the answer. By either version of HTTP.
Result<void> check_answer(int status, Headers headers);
/// The same for headers alone: of informational answers, and trailers.
Result<void> check_answer_headers(Headers headers);
/// Without blanks before and behind.
std::string_view trimmed(std::string_view text);
/// Whether a comma-separated list has `word`, in lower case, in whatever case (RFC 9110, 5.6.1).
bool list_has(std::string_view list, std::string_view word);
/// 204, 304.
inline bool has_no_body(int status) { return status == 204 || status == 304; }

/// "Not Found" for 404; "" for what is unknown.
std::string_view reason_phrase(int status);

}  // namespace holon::wire
