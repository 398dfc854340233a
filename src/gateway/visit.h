// Visit: one request on its way through the gateway, from the route that was found to the answer. Destination: where a route
// leads. What every answer has (request id, CORS, rate limits, compression, the line in the access log) is the visit's doing.
//
//   void serve(Visit& visit) override {                       // on the request's fiber, let in by the route's policies
//     Result<std::string> body = visit.read_all();
//     if (!body.ok()) return visit.problem(body.error());
//     visit.respond(200, {{"content-type", "text/plain"}}, "hello");
//   }
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fiber/call.h"
#include "gateway/config.h"
#include "server/http_exchange.h"

namespace holon::gateway {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// Who asks, by what the connection and the trusted proxies say.
struct Visitor {
  std::string address;  ///< an IP address without port, or "unix"
  std::string scheme;   ///< "https" or "http", as the client sees it
  std::string host;     ///< as the client sees it, with the port if it gave one
  std::string request_id;
};

class Visit {
 public:
  virtual ~Visit() = default;

  virtual const server::HttpRequest& request() const = 0;
  virtual const RouteConfig& route() const = 0;
  virtual const Visitor& visitor() const = 0;
  /// Has the request's trace, deadline and claims. Cancelled when the client leaves.
  virtual internal::RootCall& call() = 0;
  /// From here on the request may take so long from its arrival on: once its destination knows.
  virtual void extend(nanoseconds longest) = 0;

  // ---- the body; within the route's bound
  /// Instead of that bound; before the first read. For streams, whose messages have one of their own.
  virtual void limit_body(std::uint64_t bytes_max) = 0;
  virtual Result<std::optional<std::string>> read() = 0;
  /// All of it. UNAVAILABLE when bodies already hold as much memory as they may together.
  virtual Result<std::string> read_all() = 0;

  // ---- the answer
  /// An informational head (103) before it, if the client's HTTP has such.
  virtual void inform(int status, const HeaderList& headers) = 0;
  /// Added to whatever will be answered; before that.
  virtual void add_header(std::string name, std::string value) = 0;
  virtual void respond(int status, const HeaderList& headers, std::string body) = 0;
  virtual void begin(int status, const HeaderList& headers, std::optional<std::uint64_t> length) = 0;
  /// Suspends while the client is behind. An error: nobody reads any more.
  virtual Result<void> write(std::string bytes) = 0;
  virtual void end(const HeaderList& trailers = {}) = 0;
  virtual void abort() = 0;
  virtual bool begun() const = 0;
  /// See HttpExchange.
  virtual Result<void> switch_protocols(const HeaderList& headers) = 0;

  /// Answers with application/problem+json (RFC 9457): the status of the error's code, or another one. If the answer has begun
  /// already it is cut off.
  virtual void problem(const Error& error) = 0;
  virtual void problem(int status, const Error& error) = 0;
};

/// Used by all loops.
class Destination {
 public:
  virtual ~Destination() = default;
  /// Answers the visit.
  virtual void serve(Visit& visit) const = 0;
};

}  // namespace holon::gateway
