// Web: what comes to the port and is no gRPC over HTTP/2. Calls of gRPC-Web are let in, browsers that ask for a page are
// answered, and all else is told what there is.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/answer.h"
#include "server/cors.h"

namespace holon::server {

class Web {
 public:
  explicit Web(Cors cors) : cors_(std::move(cors)) {}

  /// The way back of a gRPC-Web call; nothing if the request is none, or comes from a page that may not call: then it was
  /// answered.
  /// @param head, bad  what read_request made of `request`
  std::optional<Answer> admit(std::shared_ptr<Transport> transport, wire::StreamId stream, wire::Headers request,
                              const wire::RequestHead& head, const std::optional<wire::BadRequest>& bad);

 private:
  void refuse(Transport& transport, wire::StreamId stream, int status, const Error& error);

  Cors cors_;
  wire::WebResponseWriter writer_;
};

}  // namespace holon::server
