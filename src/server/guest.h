// Guest: whoever is connected to a shard, from accept to close. Transport: a guest that brings
// requests, by HTTP/2 or HTTP/1.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "env/environment.h"
#include "fiber/list.h"
#include "server/unread.h"
#include "wire/http2.h"

namespace holon::server {

class Guest : public std::enable_shared_from_this<Guest>, public fiber::ListNode<Guest> {
 public:
  virtual ~Guest() = default;
  /// Since when it has had no request, while it is in the shard's list of idle ones.
  env::Time idle_since() const { return idle_since_; }
  void idles(env::Time since) { idle_since_ = since; }
  /// Graceful: what has begun is finished, then the connection closes.
  virtual void drain() = 0;
  /// Closes now; the calls are cancelled.
  virtual void abort() = 0;

 private:
  env::Time idle_since_{};
};

/// What an Answer of gRPC-Web, and an exchange, need of a connection. An Answer of gRPC talks to the HTTP/2 session directly.
class Transport : public Guest {
 public:
  explicit Transport(std::size_t unread_bytes_max) : unread_(unread_bytes_max) {}
  Unread& unread() { return unread_; }

  /// Whether anything can still be said on `stream`.
  virtual bool open(wire::StreamId stream) = 0;
  /// The head, `:status` first.
  virtual void respond(wire::StreamId stream, wire::Headers head) = 0;
  // What an exchange says.
  /// The head of its answer. INVALID_ARGUMENT if that can't be said, and nothing was.
  /// @param length  of the body, if it is known
  /// @param end     no body follows, whatever its length
  virtual Result<void> begin(wire::StreamId stream, int status, wire::Headers headers, std::optional<std::uint64_t> length,
                             bool end) = 0;
  /// A head before that.
  virtual void inform(wire::StreamId stream, int status, wire::Headers headers) = 0;
  virtual void finish(wire::StreamId stream, wire::Headers trailers) = 0;
  /// Ends the stream so that the client sees its answer is not complete.
  virtual void break_off(wire::StreamId stream) = 0;
  /// From here on `send` and what comes belong to another protocol.
  virtual Result<void> switch_protocols(wire::StreamId stream, wire::Headers headers) = 0;

  /// A piece of the body.
  virtual void send(wire::StreamId stream, std::string bytes, bool end) = 0;
  /// Bytes that the peer has not taken.
  virtual std::size_t unsent(wire::StreamId stream) = 0;
  /// Bytes of the request that are used up.
  virtual void consumed(wire::StreamId stream, std::size_t bytes) = 0;
  /// Ends a call's stream, whose client lets it wait too long.
  virtual void cut_off(wire::StreamId stream, std::string_view rule) = 0;

 private:
  Unread unread_;
};

}  // namespace holon::server
