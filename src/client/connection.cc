#include "client/connection.h"

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

Connection::Connection(fiber::Loop& loop, std::unique_ptr<env::Stream> stream)
    : link_(loop, std::move(stream), wire::Role::client, client_limits(), *this, [this](const Error& why) { ended(why); }) {
  link_.on_connected([this] {
    if (state_ == State::connecting) state_ = State::open;
    was_open_ = true;
    changed_();
  });
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

wire::StreamId Connection::open(wire::Headers headers, StreamEvents& events) {
  wire::StreamId stream = link_.session().open(headers, false, &events);
  if (stream == 0) return 0;
  ++in_flight_;
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
  --in_flight_;
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
  if (in_flight_ == 0) link_.close(unavailable("retired"));
}

void Connection::headers(wire::StreamId, void* user, wire::Headers block, bool end) {
  if (user != nullptr) events_of(user).headers(block, end);
}

void Connection::data(wire::StreamId stream, void* user, wire::Bytes bytes, bool) {
  if (user != nullptr) {
    events_of(user).data(bytes);
  } else {
    consumed(stream, bytes.size());
  }
}

void Connection::drained(wire::StreamId, void* user) {
  if (user != nullptr) events_of(user).drained();
}

void Connection::reset(wire::StreamId, void* user, wire::Http2Code code) { gone(user, code); }
void Connection::closed(wire::StreamId, void* user) { gone(user, wire::Http2Code::no_error); }

void Connection::gone(void* user, wire::Http2Code code) {
  if (user == nullptr) return;
  --in_flight_;
  events_of(user).gone(code, link_.ended());
  tell_spare();
}

// Whoever found no stream to spare waits for this.
void Connection::tell_spare() {
  if (!full_ || state_ != State::open) return;
  full_ = false;
  changed_();
}

void Connection::goaway(wire::StreamId, wire::Http2Code, std::string_view) {
  if (state_ == State::ended) return;
  state_ = State::draining;
  changed_();
}

void Connection::ended(const Error& why) {
  state_ = State::ended;
  why_ = why;
  changed_();
}

}  // namespace holon::client
