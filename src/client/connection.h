// Connection: one HTTP/2 connection of one loop, from connect to its end. It is never opened again: see peer.h.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "client/conduct.h"
#include "env/reactor.h"
#include "fiber/loop.h"
#include "wire/grpc.h"
#include "wire/http2.h"
#include "wire/link.h"

namespace holon::client {

/// Receives what comes back on one stream.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void headers(const wire::ResponseHead& head, bool end) = 0;
  virtual void data(wire::Bytes bytes) = 0;
  /// What is queued for sending fell to the session's low mark.
  virtual void drained() {}
  /// No more comes. `code` is no_error if both directions ended well; refused_stream means that the request certainly did
  /// not reach a handler. `broken`: it went with its connection.
  virtual void gone(wire::Http2Code code, bool broken) = 0;
};

class Connection final : private wire::Http2Events, public std::enable_shared_from_this<Connection> {
 public:
  /// @param authority, scheme  of the requests (`:authority`, `:scheme`); the scheme is a literal
  /// @param idle_time  it retires after so long without a stream
  Connection(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, std::string authority, std::string_view scheme,
             const wire::LinkTimes& times, env::Duration idle_time);
  ~Connection() override;

  enum class State { connecting, open, draining, ended };
  State state() const { return state_; }
  /// Whether it ever was open: connected, and the server's settings had come.
  bool was_open() const { return was_open_; }
  /// Whether the server took it and closed it before its first word.
  bool turned_away() const { return link_.connected() && !was_open_ && !gave_up_ && state_ == State::ended; }
  /// Called when it became usable, or takes no new streams, or ended, or has a stream to spare again; from within the loop.
  void on_change(std::function<void()> call) { changed_ = std::move(call); }
  /// Whether the server left because it was asked too often for a sign of life.
  bool asked_for_calm() const { return asked_for_calm_; }
  const std::string& authority() const { return authority_; }
  wire::Origin origin() const { return {authority_, scheme_}; }
  /// Why it ended.
  const Error& why() const { return link_.why(); }

  /// Whether a stream may be opened just now.
  bool may_open();
  /// Opens a stream with a request's headers. 0 if it may not.
  wire::StreamId open(const wire::OutgoingHeaders& headers, StreamEvents& events);
  /// Queues a prefixed message of the request, or, when it is empty, nothing but the end.
  void send(wire::StreamId stream, std::string message, bool end);
  /// Bytes that are queued and have not left.
  std::size_t unsent(wire::StreamId stream) const { return link_.session().unsent(stream); }
  /// Ends a stream that is not gone; its events are told no more.
  void abandon(wire::StreamId stream);
  void consumed(wire::StreamId stream, std::size_t bytes);
  /// So many bytes more will be taken in any case.
  void expect(wire::StreamId stream, std::size_t bytes) { link_.session().expect(stream, bytes); }
  std::size_t in_flight() const { return in_flight_; }
  /// Whether the server was asked for a sign of life while calls wait for it, and gave none yet.
  bool silent() const { return state_ == State::open && link_.silent(); }
  StandStill stand_still() const { return {link_.silent(), link_.spoke_again()}; }
  /// Takes no new streams, and closes when those it has are gone.
  void retire();

 private:
  void headers(wire::StreamId, void* user, wire::Headers block, bool end) override;
  void data(wire::StreamId stream, void* user, wire::Bytes bytes, bool end) override;
  void reset(wire::StreamId stream, void* user, wire::Http2Code code) override;
  void closed(wire::StreamId, void* user) override;
  void drained(wire::StreamId, void* user) override;
  void goaway(wire::StreamId, wire::Http2Code code, std::string_view debug) override;
  void settings() override;
  void refused(std::string_view rule) override;

  void gone(void* user, wire::Http2Code code, bool broken);
  bool never_left(wire::StreamId stream) const;
  void look_whether_idle();
  void tell_spare();
  void ended();

  fiber::Loop& loop_;
  std::string authority_;
  std::string_view scheme_;
  State state_ = State::connecting;
  std::size_t in_flight_ = 0;
  bool was_open_ = false;
  bool asked_for_calm_ = false;
  bool gave_up_ = false;  ///< the server was too slow, or broke the protocol
  bool full_ = false;  ///< somebody was told that no stream may be opened now
  env::Duration idle_time_;
  env::Time idle_since_;
  fiber::Timer idle_;              ///< set lazily: it looks, and is set again
  std::uint64_t unwritten_at_ = 0;  ///< link_.gathered() when first_unwritten_ was opened
  wire::StreamId first_unwritten_ = 0;
  std::function<void()> changed_ = [] {};
  wire::Link link_;
};

}  // namespace holon::client
