#include "gateway/proxy/websocket.h"

#include <algorithm>

#include "crypto/hash.h"
#include "gateway/access/base64url.h"
#include "wire/http1.h"

namespace holon::gateway {
namespace {

constexpr std::string_view websocket = "websocket";
constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // 1.3
constexpr std::size_t key_characters = 24;                                 // 16 bytes in base64

bool is_key(std::string_view key) {
  const auto digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
  };
  return key.size() == key_characters && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, digit);
}

/// What proves that the server has read the key as one of WebSocket's.
std::string accept_of(std::string_view key) {
  std::string text = base64url_encode(crypto::sha1(std::string(key).append(guid)));
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  return text + "=";
}

}  // namespace

bool asks_for_websocket(const server::HttpRequest& request) { return wire::list_has(request.upgrade, websocket); }

std::string_view check_handshake(const server::HttpRequest& request) {
  if (request.method != "GET") return "a WebSocket begins with GET";
  if (request.header("sec-websocket-version") != "13") return "Sec-WebSocket-Version must be 13";
  if (!is_key(request.header("sec-websocket-key"))) return "Sec-WebSocket-Key must be 16 bytes in base64";
  return {};
}

std::string_view check_switch(const server::HttpRequest& request, const client::HttpResponse& response) {
  if (!wire::list_has(response.header("upgrade"), websocket)) return "it switches to a protocol that was not asked for";
  if (response.header("sec-websocket-accept") != accept_of(request.header("sec-websocket-key"))) {
    return "its Sec-WebSocket-Accept does not fit the key";
  }
  return {};
}

}  // namespace holon::gateway
