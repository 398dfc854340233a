#include "server/web.h"

namespace holon::server {
namespace {

struct Asked {
  std::string_view method;
  std::string_view origin;
  std::string_view requested_method;
  std::string_view requested_headers;

  explicit Asked(wire::Headers request) {
    for (const wire::HeaderView& header : request) {
      if (header.name == ":method") method = header.value;
      if (header.name == "origin") origin = header.value;
      if (header.name == "access-control-request-method") requested_method = header.value;
      if (header.name == "access-control-request-headers") requested_headers = header.value;
    }
  }
  bool preflight() const { return method == "OPTIONS" && !origin.empty() && !requested_method.empty(); }
};

}  // namespace

std::optional<Answer> Web::admit(std::shared_ptr<Transport> transport, wire::StreamId stream, wire::Headers request,
                                 const Client& client, const wire::RequestHead& head,
                                 const std::optional<wire::BadRequest>& bad) {
  const Asked asked(request);
  const bool refused = bad && bad->http_status != 200;
  if (!asked.preflight() && refused) {
    refuse(*transport, stream, bad->http_status, bad->error);
  } else if (!asked.preflight() && head.form == wire::Form::grpc) {
    refuse(*transport, stream, 415,
           unimplemented("gRPC needs HTTP/2, here with prior knowledge (h2c) or by TLS; by HTTP/1.1 use gRPC-Web: "
                         "application/grpc-web or application/grpc-web-text"));
  } else if (std::optional<PageHeaders> page = admit_page(request, client, asked.origin); !page) {
    const char* remedy = handler_ == nullptr ? " may not call; start the host with --holon-web-origin=ORIGIN to let them"
                                             : " may not call; a route's `cors` names those that may";
    refuse(*transport, stream, 403, permission_denied("pages of " + wire::percent_encode(asked.origin) + remedy));
  } else if (asked.preflight()) {
    transport->respond(stream, writer_.preflight(asked.origin, asked.requested_headers));
    transport->send(stream, {}, true);
  } else {
    return Answer(std::move(transport), stream, head.answer_form, writer_, *std::move(page));
  }
  return {};
}

// Whoever names no origin is no page. No credentials are allowed: so a page sends no cookies, and `*` stands for all names.
std::optional<PageHeaders> Web::admit_page(wire::Headers request, const Client& client, std::string_view origin) const {
  if (origin.empty()) return PageHeaders();
  if (handler_ != nullptr) return handler_->admit_page(request_of(request, client));
  if (!cors_.admits(origin)) return {};
  return PageHeaders{{"access-control-allow-origin", std::string(origin)},
                     {"access-control-expose-headers", "*"},
                     {"vary", "origin"}};
}

void Web::refuse(Transport& transport, wire::StreamId stream, int status, const Error& error) {
  transport.respond(stream, writer_.plain(status, error));
  transport.send(stream, error.message() + "\n", true);
}

}  // namespace holon::server
