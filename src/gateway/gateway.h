// Gateway: one HTTP request becomes one call of a method, and what it returns one answer. No connections here: see
// connection.h. Used by all loops.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/contracts.h"
#include "gateway/headers.h"
#include "holon/call.h"

namespace holon::gateway {

/// How calls reach the services. Its functions suspend the calling fiber.
class Upstream {
 public:
  virtual ~Upstream() = default;
  /// Calls `method` with `call.metadata()`, deadline and trace; what the service sends beside its reply goes to
  /// `call.response_metadata()`.
  virtual Result<void> unary(Call& call, const google::protobuf::MethodDescriptor& method,
                             const google::protobuf::Message& request, google::protobuf::Message& reply) const = 0;
};

/// A request that has a route.
struct Request {
  Router::Match match;
  std::string http_method;
  std::string target;  ///< path and query, as it came
  CallHead head;
  std::string body;

  std::string_view path() const;
};

struct Response {
  int status;
  HeaderList headers;
  std::string body;
};

class Gateway {
 public:
  /// @param longest  what a request may take whose method has no timeout of its own
  Gateway(const Contracts& contracts, const Upstream& upstream, std::chrono::nanoseconds longest);

  /// Where a request goes, or why nowhere.
  std::variant<Router::Match, Response> route(std::string_view http_method, std::string_view target) const;
  /// How long a call on this route may take.
  std::chrono::nanoseconds timeout(const Router::Match& match) const;
  /// Calls the service. On a fiber.
  Response answer(Call& call, const Request& request) const;

  Response problem(int status, const Error& error) const;
  Response problem(int status, std::string_view why) const;

 private:
  Response answer_of(const Entry& entry, const google::protobuf::Message& reply, const Metadata& metadata) const;

  const Contracts& contracts_;
  const Upstream& upstream_;
  std::chrono::nanoseconds longest_;
};

}  // namespace holon::gateway
