// The client's side of HTTP/1.1 (RFC 9112), a machine over bytes: bytes out of requests, responses out of bytes. No I/O.
//
//   wire::Http1ClientConnection connection(limits, events);
//   TRY(connection.request({.method = "GET", .target = "/a?b=c", .authority = "shop.example"}));
//   connection.gather(buffer);                     // all that is to be written now
//   connection.receive(bytes);                     // calls events.response_head, response_body, response_end
//   if (connection.reusable()) …                   // for the next request
//
// One request at a time. A server is believed no more than a client is: llhttp parses behind the gate that http1.h describes,
// and a response that two parsers could read differently fails, as does a byte that answers nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/http2.h"

namespace holon::wire {

struct Http1ClientLimits {
  std::size_t head_bytes_max = 64 << 10;  ///< of a response; and once more for trailers
  std::size_t headers_max = 200;          ///< header lines
  int informational_max = 16;             ///< responses 1xx before the final one
};

/// What is asked. Host, Content-Length, Transfer-Encoding, Connection, Upgrade and the like are the connection's own: `headers`
/// must not carry them.
struct Http1RequestHead {
  std::string_view method;     ///< "GET"
  std::string_view target;     ///< origin-form ("/a?b=c"), or "*" for OPTIONS
  std::string_view authority;  ///< for Host
  Headers headers = {};
  bool has_body = false;
  std::optional<std::uint64_t> length = {};  ///< of the body, if it is known: else it goes in chunks
  std::string_view upgrade = {};             ///< the other protocol that is asked for ("websocket"), or empty
};

/// What the head of a response says. Views live as long as the event.
struct Http1Response {
  int status = 0;  ///< 101, or 200 to 599
  Headers headers; ///< names lower-cased, values trimmed; those of the framing among them
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool http_1_0 = false;
};

using Http1Trailers = std::vector<std::pair<std::string, std::string>>;

/// What a connection tells. None of these may call the connection.
class Http1ClientEvents {
 public:
  virtual ~Http1ClientEvents() = default;
  /// 100, 102, 103 and the like, before the final response.
  virtual void informational(int status, Headers headers) = 0;
  virtual void response_head(const Http1Response& response) = 0;
  /// A piece of the body; after 101, bytes of the other protocol.
  virtual void response_body(Bytes bytes) = 0;
  virtual void response_end(const Http1Trailers& trailers) = 0;
  /// The response is malformed, or ended before its end; nothing goes either way any more. `why` is a literal.
  virtual void failed(std::string_view why) = 0;
};

class Http1ClientConnection {
 public:
  Http1ClientConnection(const Http1ClientLimits& limits, Http1ClientEvents& events);
  ~Http1ClientConnection();
  Http1ClientConnection(const Http1ClientConnection&) = delete;
  Http1ClientConnection& operator=(const Http1ClientConnection&) = delete;

  /// Begins a request. INVALID_ARGUMENT when something in it would break the framing, FAILED_PRECONDITION when the
  /// connection is not reusable: nothing was sent then.
  Result<void> request(const Http1RequestHead& head);
  /// A piece of the body; after 101, bytes of the other protocol. Thrown away once the response is complete.
  void write(std::string_view bytes);
  /// Completes the body. INVALID_ARGUMENT, and the connection is over, if it is not as long as was said.
  Result<void> end();

  void receive(Bytes bytes);
  /// The server has closed its direction: the end of a response that has no other, or a failure.
  void receive_end();

  /// Whether another request may follow: none is under way, and both sides keep the connection.
  bool reusable() const;
  /// No byte goes either way any more.
  bool over() const;
  /// The server said something that answers no request.
  bool unasked() const;
  /// After 101.
  bool switched() const;

  /// Appends what is to be sent now to `buffer`, which the caller owns and clears.
  void gather(std::string& buffer);
  std::size_t unsent() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holon::wire
