// From what the wire says of a request to the HttpRequest that a handler sees.
#pragma once

#include <memory>

#include "identity/guard.h"
#include "server/arrival.h"
#include "server/http_exchange.h"
#include "wire/http1.h"
#include "wire/http2.h"

namespace holon::server {

/// Whether it is a call by gRPC or gRPC-Web, and so none of the handler's.
/// @param block  with :method
bool is_call(wire::Headers block);

/// What a connection knows of all its requests.
struct Client {
  std::string peer;
  bool secure = false;
  std::optional<crypto::Identity> identity;
  std::shared_ptr<identity::Visitor> visitor;  ///< what it may call; null: all
};

/// @param stream  which has said what HTTP it speaks, so that its handshake, if it has one, is over
/// @param guard   of the calls that come; null: none
Client client_of(const env::Stream& stream, identity::Guard* guard);

Arrival arrival_of(wire::Headers block, const Client& client);

/// What a block says, unchecked.
HttpRequest request_of(wire::Headers block, const Client& client);

HttpRequest read_http1(const wire::Http1Request& head, const Client& client);

/// Of HTTP/2, whose session has checked the block by RFC 9113: what else must hold of a request, as HTTP/1.1's are checked.
/// @param into              what request_of made of the block
/// @param expects_continue  whether the client waits to be told that its body is wanted
wire::HttpVerdict read_http2(wire::Headers block, const wire::Http1Limits& limits, HttpRequest& into, bool& expects_continue);

}  // namespace holon::server
