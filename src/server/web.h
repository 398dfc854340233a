// Web: what comes to the port and is no gRPC over HTTP/2. Calls of gRPC-Web are let in, browsers that ask for a page are
// answered, and all else is told what there is.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/answer.h"
#include "server/cors.h"
#include "server/http_request.h"

namespace holon::server {

class Web {
 public:
  /// @param handler  if there is one, it decides which pages may call, and `cors` says nothing
  Web(Cors cors, HttpHandler* handler) : cors_(std::move(cors)), handler_(handler) {}

  /// The way back of a gRPC-Web call; nothing if the request is none, or comes from a page that may not call: then it was
  /// answered.
  /// @param head, bad  what read_request made of `request`
  std::optional<Answer> admit(std::shared_ptr<Transport> transport, wire::StreamId stream, wire::Headers request,
                              const Client& client, const wire::RequestHead& head, const std::optional<wire::BadRequest>& bad);

 private:
  void refuse(Transport& transport, wire::StreamId stream, int status, const Error& error);

  std::optional<PageHeaders> admit_page(wire::Headers request, const Client& client, std::string_view origin) const;

  Cors cors_;
  HttpHandler* handler_;
  wire::WebResponseWriter writer_;
};

}  // namespace holon::server
