// WebSocket's opening handshake (RFC 6455, 4), as far as one who only passes it on must check it: so that nobody gets a tunnel
// who does not mean to have one.
#pragma once

#include <string_view>

#include "client/http_connection.h"
#include "server/http_exchange.h"

namespace holon::gateway {

/// Whether a request asks to speak WebSocket.
bool asks_for_websocket(const server::HttpRequest& request);
/// What is wrong with such a request (4.2.1), or empty.
std::string_view check_handshake(const server::HttpRequest& request);
/// What is wrong with the 101 that answers it (4.1), or empty.
std::string_view check_switch(const server::HttpRequest& request, const client::HttpResponse& response);

}  // namespace holon::gateway
