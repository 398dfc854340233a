#include "server/connection.h"

#include "server/call.h"
#include "server/shard.h"

namespace holon::server {
namespace {

wire::Http2Limits server_limits() {
  wire::Http2Limits limits;
  limits.stream_window_bytes = wire::stream_window_bytes;
  limits.streams_max = 10'000;  // admission decides, not the connection: calls below calls would wait for each other
  return limits;
}

ServerCall* call_of(void* user) { return static_cast<ServerCall*>(user); }

}  // namespace

ServerConnection::ServerConnection(Shard& shard, std::unique_ptr<env::Stream> stream)
    : shard_(shard),
      link_(shard.loop(), std::move(stream), wire::Role::server, server_limits(), *this, [this](const Error&) { ended(); }) {}

ServerConnection::~ServerConnection() = default;

wire::Http2Session* ServerConnection::session() {
  if (link_.ended()) return nullptr;
  link_.touch();
  return &link_.session();
}

void ServerConnection::headers(wire::StreamId stream, void* user, wire::Headers block, bool end) {
  if (user == nullptr) return begin(stream, block, end);
  if (end) call_of(user)->end_of_request();  // trailers of a request say nothing in gRPC
}

void ServerConnection::begin(wire::StreamId stream, wire::Headers block, bool end) {
  wire::RequestHead head;
  if (std::optional<wire::BadRequest> bad = wire::read_request(block, head)) {
    if (bad->http_status == 200) return refuse(stream, bad->error);
    return link_.session().respond_and_end(stream, writer_.plain(bad->http_status, bad->error));
  }
  const Route* route = shard_.router().find(head.path);
  if (route == nullptr) return refuse(stream, shard_.router().unknown(head.path));
  if (!shard_.enter()) {
    return refuse(stream, resource_exhausted("this host has as many calls in flight as it takes; try again later"));
  }
  auto call = std::make_shared<ServerCall>(shard_, shared_from_this(), stream, *route, std::move(head));
  link_.session().set_user(stream, call.get());
  call->keep();
  call->begin();
  if (end) call->end_of_request();
}

void ServerConnection::refuse(wire::StreamId stream, const Error& error) {
  link_.session().respond_and_end(stream, writer_.trailers_only(error, {}, {}));
}

void ServerConnection::data(wire::StreamId stream, void* user, wire::Bytes bytes, bool end) {
  // Without a call it was refused, and the client sends on.
  std::size_t taken = user == nullptr || bytes.empty() ? bytes.size() : call_of(user)->data(bytes);
  if (taken > 0) link_.session().consumed(stream, taken);
  if (user != nullptr && end) call_of(user)->end_of_request();
}

void ServerConnection::reset(wire::StreamId, void* user, wire::Http2Code) {
  if (user != nullptr) call_of(user)->cancel();
}

void ServerConnection::closed(wire::StreamId, void* user) {
  if (user != nullptr) call_of(user)->gone();
}

void ServerConnection::drained(wire::StreamId, void* user) {
  if (user != nullptr) call_of(user)->drained();
}

// RFC 9113, 6.8: the first GOAWAY names no stream; once the client has seen it (it answers a ping), the last word follows.
void ServerConnection::drain() {
  if (draining_ || link_.ended()) return;
  draining_ = true;
  link_.session().goaway(wire::Http2Code::no_error);
  link_.session().ping();
  link_.touch();
}

void ServerConnection::pong() {
  if (!draining_ || link_.ended()) return;
  link_.session().goaway(wire::Http2Code::no_error);
  link_.touch();
}

void ServerConnection::abort() { link_.close(unavailable("the host is stopping")); }

void ServerConnection::ended() { shard_.closed(*this); }

}  // namespace holon::server
