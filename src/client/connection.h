// Connection: one HTTP/2 connection of one loop, from connect to its end. It is never opened again: see peer.h.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "wire/http2.h"
#include "wire/link.h"

namespace holon::client {

/// Receives what comes back on one stream.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void headers(wire::Headers block, bool end) = 0;
  virtual void data(wire::Bytes bytes) = 0;
  /// What is queued for sending fell to the session's low mark.
  virtual void drained() {}
  /// No more comes. `code` is no_error if both directions ended well; refused_stream means that the request certainly did
  /// not reach a handler. `broken`: it went with its connection.
  virtual void gone(wire::Http2Code code, bool broken) = 0;
};

class Connection final : private wire::Http2Events, public std::enable_shared_from_this<Connection> {
 public:
  Connection(fiber::Loop& loop, std::unique_ptr<env::Stream> stream);
  ~Connection() override;

  enum class State { connecting, open, draining, ended };
  State state() const { return state_; }
  /// Whether it ever was open.
  bool was_open() const { return was_open_; }
  /// Called when it became usable, or takes no new streams, or ended, or has a stream to spare again; from within the loop.
  void on_change(std::function<void()> call) { changed_ = std::move(call); }
  /// Why it ended.
  const Error& why() const { return why_; }

  /// Whether a stream may be opened just now.
  bool may_open();
  /// Opens a stream with a request's headers. 0 if it may not.
  wire::StreamId open(wire::Headers headers, StreamEvents& events);
  /// Queues a prefixed message of the request, or, when it is empty, nothing but the end.
  void send(wire::StreamId stream, std::string message, bool end);
  /// Bytes that are queued and have not left.
  std::size_t unsent(wire::StreamId stream) const { return link_.session().unsent(stream); }
  /// Ends a stream that is not gone; its events are told no more.
  void abandon(wire::StreamId stream);
  void consumed(wire::StreamId stream, std::size_t bytes);
  std::size_t in_flight() const { return in_flight_; }
  /// Takes no new streams, and closes when those it has are gone.
  void retire();

 private:
  void headers(wire::StreamId, void* user, wire::Headers block, bool end) override;
  void data(wire::StreamId stream, void* user, wire::Bytes bytes, bool end) override;
  void reset(wire::StreamId, void* user, wire::Http2Code code) override;
  void closed(wire::StreamId, void* user) override;
  void drained(wire::StreamId, void* user) override;
  void goaway(wire::StreamId, wire::Http2Code, std::string_view debug) override;
  void settings() override { tell_spare(); }

  void gone(void* user, wire::Http2Code code);
  void tell_spare();
  void ended(const Error& why);

  State state_ = State::connecting;
  Error why_ = unavailable("still connecting");
  std::size_t in_flight_ = 0;
  bool was_open_ = false;
  bool full_ = false;  ///< somebody was told that no stream may be opened now
  std::function<void()> changed_ = [] {};
  wire::Link link_;
};

}  // namespace holon::client
