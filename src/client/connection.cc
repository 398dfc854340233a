#include "client/connection.h"

#include "telemetry/refusals.h"
#include "wire/grpc.h"

namespace holon::client {
namespace {

wire::Http2Limits client_limits() {
  wire::Http2Limits limits;
  limits.streams_max = 0;  // servers push nothing here
  limits.stream_window_bytes = wire::stream_window_bytes;
  return limits;
}

StreamEvents& events_of(void* user) { return *static_cast<StreamEvents*>(user); }

}  // namespace

Connection::Connection(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, std::string authority,
                       std::string_view scheme, const wire::LinkTimes& times, env::Duration idle_time)
    : loop_(loop),
      authority_(std::move(authority)),
      scheme_(scheme),
      idle_time_(idle_time),
      idle_since_(loop.now()),
      idle_([this] { look_whether_idle(); }),
      link_(loop, std::move(stream), wire::Role::client, client_limits(), *this, [this](const Error&) { ended(); },
            times) {
  look_whether_idle();
}

Connection::~Connection() {
  changed_ = [] {};
  link_.close(unavailable("the client is gone"));
}

bool Connection::may_open() {
  bool may = state_ == State::open && link_.session().may_open();
  full_ = full_ || !may;
  return may;
}

wire::StreamId Connection::open(const wire::OutgoingHeaders& headers, StreamEvents& events) {
  wire::StreamId stream = link_.session().open(headers, false, &events);
  if (stream == 0) return 0;
  if (link_.gathered() != unwritten_at_ || first_unwritten_ == 0) {
    unwritten_at_ = link_.gathered();
    first_unwritten_ = stream;
  }
  ++in_flight_;
  link_.expects();
  link_.touch();
  return stream;
}

void Connection::send(wire::StreamId stream, std::string message, bool end) {
  if (state_ == State::ended) return;
  link_.session().send(stream, std::move(message), end);
  link_.touch();
}

void Connection::abandon(wire::StreamId stream) {
  if (state_ == State::ended) return;
  if (--in_flight_ == 0) idle_since_ = loop_.now();
  link_.session().reset(stream, wire::Http2Code::cancel);
  link_.touch();
  tell_spare();
}

void Connection::consumed(wire::StreamId stream, std::size_t bytes) {
  if (state_ == State::ended) return;
  link_.session().consumed(stream, bytes);
  link_.touch();
}

void Connection::retire() {
  if (state_ == State::ended || state_ == State::draining) return;
  state_ = State::draining;
  link_.session().goaway(wire::Http2Code::no_error);
  link_.touch();
  if (in_flight_ == 0) return link_.close(unavailable("retired"));
  link_.absent();
  changed_();
}

// The timer is not moved with each call: it looks whether there was one meanwhile.
void Connection::look_whether_idle() {
  if (state_ == State::ended || state_ == State::draining || idle_time_ == wire::never) return;
  env::Time now = loop_.now();
  if (in_flight_ > 0 || state_ == State::connecting) return idle_.start(now + idle_time_);
  if (now >= idle_since_ + idle_time_) return retire();
  idle_.start(idle_since_ + idle_time_);
}

void Connection::headers(wire::StreamId, void* user, wire::Headers block, bool end) {
  link_.answered();
  if (user != nullptr) events_of(user).headers(wire::read_response(block, link_.session().recognised(), end), end);
}

void Connection::data(wire::StreamId stream, void* user, wire::Bytes bytes, bool) {
  link_.answered();
  if (user != nullptr) {
    events_of(user).data(bytes);
  } else {
    consumed(stream, bytes.size());
  }
}

void Connection::drained(wire::StreamId, void* user) {
  if (user != nullptr) events_of(user).drained();
}

void Connection::reset(wire::StreamId stream, void* user, wire::Http2Code code) {
  if (!link_.ended()) link_.answered();  // else nobody has said anything: who was silent remains so
  if (link_.ended() && never_left(stream)) return gone(user, wire::Http2Code::refused_stream, false);
  gone(user, code, link_.ended());
}

void Connection::closed(wire::StreamId, void* user) { gone(user, wire::Http2Code::no_error, false); }

// What was opened after the session was last asked for bytes cannot have reached the server.
bool Connection::never_left(wire::StreamId stream) const {
  return link_.gathered() == unwritten_at_ && stream >= first_unwritten_;
}

void Connection::gone(void* user, wire::Http2Code code, bool broken) {
  if (user == nullptr) return;
  if (--in_flight_ == 0) idle_since_ = loop_.now();
  events_of(user).gone(code, broken);
  tell_spare();
}

// Whoever found no stream to spare waits for this.
void Connection::tell_spare() {
  if (!full_ || state_ != State::open) return;
  full_ = false;
  changed_();
}

void Connection::goaway(wire::StreamId, wire::Http2Code code, std::string_view debug) {
  asked_for_calm_ = code == wire::Http2Code::enhance_your_calm && debug == "too_many_pings";
  if (state_ == State::ended) return;
  state_ = State::draining;
  changed_();
}

// The first ones make the connection: a server that only accepts may be no server at all.
void Connection::settings() {
  if (state_ != State::connecting) return tell_spare();
  link_.greeted();
  idle_since_ = loop_.now();
  was_open_ = true;
  state_ = State::open;
  changed_();
}

void Connection::refused(std::string_view rule) {
  gave_up_ = true;
  telemetry::refused(rule, link_.peer(), loop_.now());
}

void Connection::ended() {
  state_ = State::ended;
  changed_();
}

}  // namespace holon::client
