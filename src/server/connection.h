// ServerConnection: one client's HTTP/2 connection, on one loop.
#pragma once

#include <memory>

#include "fiber/loop.h"
#include "wire/grpc.h"
#include "wire/link.h"

namespace holon::server {

class ServerCall;
class Shard;

class ServerConnection final : private wire::Http2Events, public std::enable_shared_from_this<ServerConnection> {
 public:
  ServerConnection(Shard& shard, std::unique_ptr<env::Stream> stream);
  ~ServerConnection() override;

  /// The session of an open connection, or null. What is submitted is written at the turn's end.
  wire::Http2Session* session();
  wire::ResponseWriter& writer() { return writer_; }
  /// Graceful: the client is told, what has begun is finished, then the connection closes.
  void drain();
  void abort();

 private:
  void headers(wire::StreamId stream, void* user, wire::Headers block, bool end) override;
  void data(wire::StreamId stream, void* user, wire::Bytes bytes, bool end) override;
  void reset(wire::StreamId, void* user, wire::Http2Code) override;
  void closed(wire::StreamId, void* user) override;
  void drained(wire::StreamId, void* user) override;
  void goaway(wire::StreamId, wire::Http2Code, std::string_view) override {}
  void pong() override;

  void begin(wire::StreamId stream, wire::Headers block, bool end);
  void refuse(wire::StreamId stream, const Error& error);
  void ended();

  Shard& shard_;
  wire::ResponseWriter writer_;
  bool draining_ = false;
  wire::Link link_;
};

}  // namespace holon::server
