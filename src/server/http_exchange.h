// HttpExchange: one HTTP request that is no gRPC call, and its answer, whichever HTTP carries it. HttpHandler: who answers it.
//
//   void serve(HttpExchange& exchange) override {                  // on a fiber of the connection's loop
//     internal::RootCall call(deadline);
//     HttpExchange::Watched watched(exchange, call);               // the client leaves: the call is cancelled
//     while (std::optional<std::string> piece = TRY(exchange.read(call))) …
//     exchange.begin(200, headers, {});
//     TRY(exchange.write(call, "hello"));                          // suspends while the client is behind
//     exchange.end();
//   }
//
// Framing is the exchange's own: headers given to it carry no connection, keep-alive, transfer-encoding, upgrade, te or
// content-length, and those of the request carry none either.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/tls.h"
#include "env/environment.h"
#include "fiber/call.h"
#include "holon/result.h"
#include "wire/http2.h"

namespace holon::server {

enum class HttpVersion : std::uint8_t { http_1_0, http_1_1, http_2 };

/// What a request's head says. Views into it are valid as long as the exchange.
struct HttpRequest {
  std::string method;     ///< "GET"
  std::string target;     ///< origin-form, as it came: "/a%20b?c=d"; or "*" for OPTIONS
  std::string authority;  ///< Host or :authority, checked: "shop.example:8080"
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case; in order, a name may repeat. Without host
  std::optional<std::uint64_t> content_length;
  bool has_body = false;  ///< some may come
  HttpVersion version = HttpVersion::http_1_1;
  bool secure = false;    ///< it came by TLS
  std::string peer;       ///< who is connected: "192.0.2.7:4711", "[2001:db8::1]:4711", "unix". By PROXY protocol, the origin
  std::optional<crypto::Identity> client;  ///< whom its certificate names
  /// The protocol that HTTP/1.1's `Upgrade` asks for ("websocket"), or empty.
  std::string upgrade;

  /// The first value of `name`, or empty.
  std::string_view header(std::string_view name) const;
  /// The target without its query, and the query without its "?".
  std::string_view path() const;
  std::string_view query() const;
};

class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  virtual const HttpRequest& request() const = 0;
  virtual env::Time arrived() const = 0;

  // ---- the request's body; suspends
  /// The next piece, never empty; nothing at the end. RESOURCE_EXHAUSTED when it is larger than `limit_body` says,
  /// DEADLINE_EXCEEDED when it comes too slowly, INVALID_ARGUMENT when it is malformed, CANCELLED when the client has gone.
  virtual Result<std::optional<std::string>> read(Call& call) = 0;
  /// How large the body may be; before the first `read`. At first what the server's limits say.
  virtual void limit_body(std::uint64_t bytes_max) = 0;

  // ---- the answer
  /// The whole answer. An answer to HEAD, and 204 and 304, go without the body. INVALID_ARGUMENT for a header that would
  /// break the framing (a bad name, a control character): then nothing was sent. May be said before the request's end: what
  /// still comes of that is thrown away, within bounds.
  virtual Result<void> respond(int status, wire::Headers headers, std::string body) = 0;
  /// An informational head (103), if the client's HTTP has such.
  virtual void inform(int status, wire::Headers headers) = 0;
  /// The head of an answer in pieces: of `length` bytes, or of as many as come before `end`.
  virtual Result<void> begin(int status, wire::Headers headers, std::optional<std::uint64_t> length) = 0;
  /// Suspends while more than a low mark is unsent. CANCELLED when the client has gone.
  virtual Result<void> write(Call& call, std::string bytes) = 0;
  /// Completes the answer. Fewer bytes than `length` cut it off.
  virtual void end(wire::Headers trailers = {}) = 0;
  /// The answer can't be completed: it is cut off, so that the client notices.
  virtual void abort() = 0;
  /// Whether the head of the answer was given.
  virtual bool begun() const = 0;

  /// Answers 101 to a request that has `upgrade`: from here on `read` and `write` carry the bytes of the other protocol, both
  /// at a time by two fibers of the loop, without a bound of size; `end` closes our direction.
  virtual Result<void> switch_protocols(wire::Headers headers) = 0;

  /// While it lives, `call` is cancelled when the client has gone.
  class Watched {
   public:
    Watched(HttpExchange& exchange, internal::RootCall& call) : exchange_(exchange) { exchange_.watch(&call); }
    ~Watched() { exchange_.watch(nullptr); }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

   private:
    HttpExchange& exchange_;
  };

 private:
  virtual void watch(internal::RootCall* call) = 0;
};

/// What an answer says to the web page that asked (CORS).
using PageHeaders = std::vector<std::pair<std::string, std::string>>;

/// Used by all loops.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  /// On a fiber of the connection's loop, as soon as the request's head is there. An exchange that was not answered when this
  /// returns is answered with 500.
  virtual void serve(HttpExchange& exchange) = 0;
  /// What came is refused before it became a request (a malformed head, a limit): the answer's headers and body for it.
  struct Refusal {
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
  };
  virtual Refusal refuse(int status, std::string_view why) = 0;
  /// A web page makes this gRPC-Web call, and names its `origin`: the headers by which it may read the answer, or nothing if it
  /// may not call. (What browsers ask before, with OPTIONS, is served like any request.)
  virtual std::optional<PageHeaders> admit_page(const HttpRequest& request) {
    (void)request;
    return {};
  }
};

}  // namespace holon::server
