#include "server/http_request.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace holon::server {
namespace {

/// Headers that concern this connection, its framing, or what HttpRequest says in another way.
bool is_dropped(std::string_view name) {
  constexpr std::array<std::string_view, 11> dropped = {
      "connection", "content-length", "expect",   "host",           "http2-settings", "keep-alive",
      "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"};
  return std::find(dropped.begin(), dropped.end(), name) != dropped.end();
}

/// RFC 9110, 7.6.1: `connection` lists further headers that concern this connection.
bool is_listed(std::string_view name, wire::Headers headers) {
  return std::any_of(headers.begin(), headers.end(), [&](const wire::HeaderView& header) {
    return header.name == "connection" && wire::list_has(header.value, name);
  });
}

void set_client(const Client& client, HttpRequest& into) {
  into.secure = client.secure;
  into.peer = client.peer;
  into.client = client.identity;
}

/// RFC 9113, 8.2.3: a cookie may come in crumbs, which are one header to everybody else.
void add_header(const wire::HeaderView& header, HttpRequest& into) {
  if (header.name == "cookie") {
    const auto first = std::find_if(into.headers.begin(), into.headers.end(),
                                    [](auto& each) { return each.first == "cookie"; });
    if (first != into.headers.end()) {
      first->second.append("; ").append(header.value);
      return;
    }
  }
  into.headers.emplace_back(header.name, header.value);
}

/// RFC 9113, 6.5.2: what a field counts for beside its text.
constexpr std::size_t field_overhead = 32;

wire::HttpVerdict check_size(wire::Headers block, const wire::Http1Limits& limits) {
  std::size_t bytes = 0;
  for (const wire::HeaderView& header : block) bytes += header.name.size() + header.value.size() + field_overhead;
  if (bytes > limits.head_bytes_max) return &wire::http_rule::headers_long;
  return block.size() > limits.headers_max + 4 ? &wire::http_rule::headers_many : nullptr;  // 4: the pseudo-headers
}

wire::HttpVerdict read_length(std::string_view value, HttpRequest& into) {
  std::uint64_t length = 0;
  if (value.size() > 1 && value.front() == '0') return &wire::http_rule::length;
  std::from_chars(value.data(), value.data() + value.size(), length);  // digits: the session has looked
  into.content_length = length;
  return nullptr;
}

}  // namespace

Client client_of(const env::Stream& stream, identity::Guard* guard) {
  Client client;
  client.peer = stream.peer();
  if (client.peer.starts_with("unix:")) client.peer = "unix";
  // An IPv4 client of a socket for both.
  constexpr std::string_view mapped = "[::ffff:";
  const std::size_t close = client.peer.find(']');
  if (client.peer.starts_with(mapped) && client.peer.find('.') < close) {
    client.peer = client.peer.substr(mapped.size(), close - mapped.size()) + client.peer.substr(close + 1);
  }
  if (const auto* secure = dynamic_cast<const crypto::SecureStream*>(&stream)) {
    client.secure = true;
    client.identity = secure->peer_identity();
  }
  if (guard == nullptr) return client;
  identity::Proof proof{.process = stream.peer_process(), .certified = client.identity.has_value(), .names = {}};
  if (proof.certified) proof.names = client.identity->names;
  client.visitor = std::make_shared<identity::Visitor>(*guard, std::move(proof));
  return client;
}

bool is_call(wire::Headers block) {
  bool post = false;
  for (const wire::HeaderView& header : block) {
    if (header.name == ":method") post = header.value == "POST";
    if (header.name == "content-type" && header.value.starts_with("application/grpc")) return post;
  }
  return false;
}

HttpRequest read_http1(const wire::Http1Request& head, const Client& client) {
  HttpRequest request;
  request.method = head.method;
  request.target = head.target;
  request.authority = head.authority;
  request.content_length = head.content_length;
  request.has_body = head.chunked || head.content_length.value_or(0) > 0;
  request.version = head.http_1_0 ? HttpVersion::http_1_0 : HttpVersion::http_1_1;
  request.upgrade = head.upgrade;
  set_client(client, request);
  request.headers.reserve(head.headers.size());
  const bool listing = std::any_of(head.headers.begin(), head.headers.end(),
                                   [](auto& each) { return each.name == "connection"; });
  for (const wire::HeaderView& header : head.headers) {
    if (is_dropped(header.name) || (listing && is_listed(header.name, head.headers))) continue;
    request.headers.emplace_back(header.name, header.value);
  }
  return request;
}

Arrival arrival_of(wire::Headers block, const Client& client) {
  Arrival arrival{client.peer, client.secure, client.identity, {}, {}, false};
  for (const wire::HeaderView& header : block) {
    if (header.name == ":authority" || header.name == "host") arrival.authority = header.value;
    if (header.name == "origin") arrival.origin = header.value;
    if (header.name == "grpc-encoding") arrival.compresses = header.value != "identity";
  }
  return arrival;
}

HttpRequest request_of(wire::Headers block, const Client& client) {
  HttpRequest request;
  set_client(client, request);
  request.headers.reserve(block.size());
  for (const wire::HeaderView& header : block) {
    if (header.name == ":method") {
      request.method = header.value;
    } else if (header.name == ":path") {
      request.target = header.value;
    } else if (header.name == ":authority" || header.name == "host") {
      request.authority = header.value;
    } else if (!header.name.starts_with(':') && !is_dropped(header.name)) {
      add_header(header, request);
    }
  }
  return request;
}

wire::HttpVerdict read_http2(wire::Headers block, const wire::Http1Limits& limits, HttpRequest& into, bool& expects_continue) {
  into.version = HttpVersion::http_2;
  if (wire::HttpVerdict wrong = check_size(block, limits)) return wrong;
  if (wire::HttpVerdict wrong = wire::check_method(into.method)) return wrong;
  if (into.authority.empty()) return &wire::http_rule::authority_missing;
  if (wire::HttpVerdict wrong = wire::check_authority(into.authority)) return wrong;
  for (const wire::HeaderView& header : block) {
    if (header.name == "content-length") {
      if (wire::HttpVerdict wrong = read_length(header.value, into)) return wrong;
    } else if (header.name == "expect") {
      if (header.value != "100-continue") return &wire::http_rule::expectation;
      expects_continue = true;
    }
  }
  return wire::check_target(into.method, into.target, limits.target_bytes_max);
}

}  // namespace holon::server
