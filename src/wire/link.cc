#include "wire/link.h"

#include <array>
#include <cstring>
#include <system_error>

namespace holon::wire {
namespace {

constexpr std::size_t read_bytes = 64 << 10;
constexpr std::size_t kept_out_bytes = 64 << 10;

Error broken(const char* what, int error, const env::Stream& stream) {
  std::string why = stream.failure();
  return unavailable(std::string(what) + ": " + (why.empty() ? std::generic_category().message(error) : why));
}

// A record of TLS's handshake, or the alert with which a TLS server answers whoever speaks plainly (RFC 8446, 5.1). No HTTP/2
// begins like that, from neither side.
bool is_tls(Bytes bytes) {
  if (bytes.size() < 2) return false;
  auto type = std::to_integer<int>(bytes[0]);
  return (type == 21 || type == 22) && std::to_integer<int>(bytes[1]) == 3;
}

}  // namespace

Link::Link(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, Role role, const Http2Limits& limits,
           Http2Events& events, std::function<void(const Error&)> ended, const LinkTimes& times)
    : loop_(loop),
      events_(events),
      stream_(std::move(stream)),
      session_(role, limits, events),
      ended_(std::move(ended)),
      vigil_(times, loop.now()),
      look_([this] { look(); }) {
  stream_->watch(*this);
  look_at(vigil_.next(loop.now()));
}

Link::~Link() = default;

void Link::ready(bool readable, bool writable) {
  if (over_) return;
  if (!connected_ && (readable || writable)) {
    if (int error = stream_->connect_error(); error != 0) return close(broken("cannot connect", error, *stream_));
    if (!writable) return;  // still connecting
    connected_ = true;
  }
  if (writable) {
    blocked_ = false;
    touch();
  }
  if (readable) read();
}

// Reads until the stream has no more: readiness is edge-triggered. Windows bound what a peer can have sent.
void Link::read() {
  thread_local std::array<std::byte, read_bytes> buffer;
  for (;;) {
    env::Io io = stream_->read(buffer);
    if (io.state == env::IoState::blocked) break;
    if (io.state == env::IoState::ended) return close(unavailable("the peer closed the connection"));
    if (io.state == env::IoState::failed) return close(broken("the connection broke", io.error, *stream_));
    if (!take(Bytes(buffer.data(), io.bytes))) return;
    if (!io.more) break;
  }
  look_at(vigil_.next(loop_.now()));
  touch();
}

// False if the link is over.
bool Link::take(Bytes bytes) {
  if (!std::exchange(heard_, true) && is_tls(bytes)) {
    write_out();  // our first frame shows the peer what is spoken here
    close(unavailable("the peer speaks TLS, and this connection does not; a client should call tls:HOST:PORT"));
  } else if (Result<void> taken = session_.receive(bytes, loop_.now()); !taken.ok()) {
    write_out();
    close(taken.error());
  } else {
    vigil_.heard(loop_.now(), session_.open_frame());
  }
  return !over_;
}

void Link::take_over(Bytes first) {
  connected_ = true;
  blocked_ = false;
  if (take(first)) read();
}

void Link::turn_ended() {
  if (over_ || blocked_) return;
  write();
}

void Link::write() {
  if (!write_out()) return;
  if (session_.finished()) close(unavailable("the connection was drained"));
}

// Gathers and writes until there is nothing more or the stream is full. False if the link is over.
bool Link::write_out() {
  for (;;) {
    if (out_start_ == out_.size()) {
      out_.clear();
      out_start_ = 0;
      session_.gather(out_);
      ++gathered_;
      if (out_.empty()) return true;
    }
    Bytes rest = std::as_bytes(std::span(out_)).subspan(out_start_);
    env::Io io = stream_->write(std::span(&rest, 1));
    if (io.state == env::IoState::failed) {
      close(broken("the connection broke", io.error, *stream_));
      return false;
    }
    out_start_ += io.bytes;
    bool waiting = out_start_ < out_.size();
    if (io.bytes > 0) vigil_.wrote(loop_.now(), waiting);
    if (waiting) {
      blocked_ = true;
      vigil_.stalled(loop_.now());
      look_at(vigil_.next(loop_.now()));
      return true;
    }
    // A buffer of this size costs more page faults than its bytes cost time: it is kept while there are streams.
    if (out_.capacity() > kept_out_bytes && session_.streams() == 0) std::string().swap(out_);
    out_.clear();
    out_start_ = 0;
    if (!session_.wants_write()) return true;
  }
}

// One timer for all limits. It is set when something may become overdue earlier than it is set for, and never put off: when
// it fires it looks how things stand by then. So a busy connection hardly ever touches it.
void Link::look_at(env::Time at) {
  if (at >= look_at_ || over_) return;
  look_at_ = at;
  look_.start(at);
}

void Link::look() {
  if (over_) return;
  env::Time now = loop_.now();
  look_at_ = env::Time::max();
  if (Vigil::Overdue overdue = vigil_.overdue(now); !overdue.rule.empty()) return give_up(overdue);
  if (vigil_.must_ask(now, session_.streams() > 0)) {
    session_.ping();
    vigil_.asked(now);
    touch();
  }
  look_at(vigil_.next(now));
}

// Says why as far as the peer takes it; its streams are told that the connection ended, not the code that goes to the peer.
void Link::give_up(const Vigil::Overdue& overdue) {
  events_.refused(overdue.rule);
  over_ = true;
  why_ = unavailable("the peer " + std::string(overdue.what) + " (" + std::string(overdue.rule) + ")");
  session_.goaway(Http2Code::enhance_your_calm, overdue.rule);
  if (connected_ && !blocked_) write_out();
  finish();
}

void Link::close(const Error& why) {
  if (over_) return;
  over_ = true;
  why_ = why;
  finish();
}

void Link::finish() {
  session_.lost();
  stream_->end_writing();
  ended_(why_);
}

}  // namespace holon::wire
