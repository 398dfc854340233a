#include "wire/http1_link.h"

#include <array>
#include <utility>

#include "wire/vigil.h"

namespace holon::wire {
namespace {

constexpr std::size_t unsent_bytes_max = 256 << 10;  // with more than this to write, the next request waits
constexpr std::size_t ahead_bytes_max = 64 << 10;    // while a request is answered, to see the peer close
constexpr int reads_per_turn_max = 16;               // then others get their turn

}  // namespace

Http1Link::Http1Link(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, const Http1Limits& limits,
                     const Http1Times& times, Http1LinkEvents& events, std::string first)
    : loop_(loop),
      stream_(std::move(stream)),
      events_(events),
      http_(limits, events),
      times_(times),
      first_(std::move(first)),
      timer_([this] { time_is_up(); }),
      again_([this] { touch(); }) {
  stream_->watch(*this);
  touch();
}

Http1Link::~Http1Link() = default;

void Http1Link::busy(bool busy) {
  busy_ = busy;
  touch();
}

void Http1Link::pause(bool paused) {
  paused_ = paused;
  touch();
}

void Http1Link::drain() {
  http_.drain();
  touch();
}

void Http1Link::close() {
  broken_ = true;
  touch();
}

// ---- the byte stream ------------------------------------------------------------------------------------------------

void Http1Link::ready(bool readable, bool writable) {
  if (readable) readable_ = true;
  if (writable) blocked_ = false;
  if (first_.empty() && !ended_) read();
  touch();
}

bool Http1Link::wants_read() const {
  if (!readable_ || broken_ || peer_ended_) return false;
  if (lingering_) return true;
  return !paused_ && unsent() <= unsent_bytes_max && (http_.wants_read() || (busy_ && ahead_ < ahead_bytes_max));
}

void Http1Link::read() {
  std::array<std::byte, 16 << 10> buffer;
  for (int i = 0; i < reads_per_turn_max && wants_read(); ++i) {
    const env::Io io = stream_->read(buffer);
    if (io.state == env::IoState::done) {
      began_ = heard_ = true;
      readable_ = io.more;
      if (lingering_ && !http_.switched()) continue;
      ahead_ = http_.wants_read() ? 0 : ahead_ + io.bytes;
      http_.receive({buffer.data(), io.bytes});
      continue;
    }
    readable_ = false;
    if (io.state == env::IoState::failed) broken_ = true;
    if (io.state != env::IoState::ended) continue;
    peer_ended_ = true;
    if (http_.switched()) events_.peer_ended();
  }
}

void Http1Link::write() {
  for (;;) {
    if (out_start_ == out_.size()) {
      out_.clear();
      out_start_ = 0;
      http_.gather(out_);
      if (out_.empty()) return;
    }
    if (blocked_) return;
    const env::Bytes left = std::as_bytes(std::span(out_)).subspan(out_start_);
    const env::Io io = stream_->write({&left, 1});
    if (io.state == env::IoState::blocked) blocked_ = true;
    if (io.state == env::IoState::failed) {
      broken_ = true;
      return;
    }
    out_start_ += io.bytes;
  }
}

/// The one place where bytes are read and written, time limits set, and the stream ended.
void Http1Link::turn_ended() {
  if (ended_) return;
  const std::size_t before = unsent();
  if (!first_.empty()) {
    const std::string first = std::exchange(first_, {});
    began_ = true;
    http_.receive(std::as_bytes(std::span(first)));
  }
  read();
  if (!broken_) write();
  const bool proceeds = http_.switched() ? !paused_ : !busy_ && !lingering_;
  if (!broken_ && proceeds && unsent() <= unsent_bytes_max) {
    http_.proceed();  // with what waited for the answer to leave
    read();
    write();
  }
  if (over() && !lingers()) return end();
  if (wants_read()) again_.start(loop_.now());
  const bool progress = unsent() != before;
  watch_time(progress);
  if (progress) events_.wrote();
}

bool Http1Link::over() const {
  if (broken_ || (peer_ended_ && busy_ && !http_.switched())) return true;
  if (busy_ || !out_.empty() || http_.wants_write()) return false;
  return http_.finished() || peer_ended_;
}

/// Whether to wait until the peer has closed too. One that still sends would lose the answer if we closed at once: its bytes
/// would be answered by a reset.
bool Http1Link::lingers() {
  if (broken_ || peer_ended_) return false;
  if (!lingering_) {
    lingering_ = true;
    stream_->end_writing();
    read();
  }
  return !broken_ && !peer_ended_;
}

void Http1Link::end() {
  ended_ = true;
  timer_.stop();
  again_.stop();
  stream_->end_writing();
  events_.ended();
}

// ---- time -----------------------------------------------------------------------------------------------------------

Http1Link::Phase Http1Link::phase() const {
  if (lingering_) return Phase::linger;
  if (!out_.empty()) return Phase::write;
  if (busy_ || http_.in_body()) return Phase::request;
  return http_.idle() && began_ ? Phase::idle : Phase::head;
}

env::Duration Http1Link::granted(Phase phase) const {
  switch (phase) {
    case Phase::head: return times_.head_time;
    case Phase::write: return times_.write_time;
    case Phase::idle: return times_.idle_time;
    case Phase::request: return never;
    case Phase::linger: break;
  }
  return times_.linger_time;
}

/// Sets the limit of the present phase when it is new, or when writing went on.
void Http1Link::watch_time(bool progress) {
  const Phase now = phase();
  if (now == timed_ && timer_.scheduled() && !(now == Phase::write && progress)) return;
  timed_ = now;
  heard_ = false;
  const env::Time until = after(loop_.now(), granted(now));
  until == env::Time::max() ? timer_.stop() : timer_.start(until);
}

void Http1Link::time_is_up() {
  if (timed_ == Phase::idle && heard_) return watch_time(false);  // requests came and were answered within one turn each
  if (timed_ == Phase::write) events_.stalled();
  if (timed_ != Phase::head) return close();
  http_.give_up_head();
  touch();
}

}  // namespace holon::wire
