// Link: joins a byte stream to an HTTP/2 session. Reads all that is ready, writes once per turn of the loop, and leaves a
// peer that takes longer than it may (see vigil.h).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "wire/http2.h"
#include "wire/vigil.h"

namespace holon::wire {

class Link final : private env::Watcher, private fiber::TurnEnd {
 public:
  /// @param ended  called once, from within the loop, when the stream is over: the peer closed it, it broke, or the session
  ///               came to its end. All streams were reset before. The link may be destroyed after that call, not in it.
  /// @param times  how long the peer may take; who takes longer is told to `events.refused`, then the link ends
  Link(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, Role role, const Http2Limits& limits, Http2Events& events,
       std::function<void(const Error& why)> ended, const LinkTimes& times = {});
  ~Link() override;

  /// Goes on with a stream that was watched by somebody else, who has read `first` of it.
  void take_over(Bytes first);

  /// For reading its state, and for what `touch` follows.
  Http2Session& session() { return session_; }
  const Http2Session& session() const { return session_; }
  /// The session has something to say: it is written at the end of this turn.
  void touch() { loop_.defer(*this); }
  /// Whether a stream that was connecting is through.
  bool connected() const { return connected_; }
  bool ended() const { return over_; }
  /// Why, once it has: set before its streams are reset.
  const Error& why() const { return why_; }
  /// The peer's preface and settings have come (`events.settings` says so).
  void greeted() { vigil_.greeted(); }
  /// A request goes out, which the peer is to answer; and: it answers. Between them it is watched for silence.
  void expects() {
    if (vigil_.expects(loop_.now())) look_at(vigil_.next(loop_.now()));
  }
  void answered() { vigil_.answered(); }
  /// Whether it was asked for a sign of life, and gave none yet.
  /// See Vigil.
  void absent() {
    vigil_.absent();
    look_at(vigil_.next(loop_.now()));
  }
  bool silent() const { return vigil_.silent(loop_.now()); }
  env::Time spoke_again() const { return vigil_.spoke_again(); }
  /// How often bytes were gathered from the session: what was submitted since the last time has certainly not left.
  std::uint64_t gathered() const { return gathered_; }
  /// Closes the byte stream now; `ended` is called.
  void close(const Error& why);
  std::string peer() const { return stream_->peer(); }

 private:
  void ready(bool readable, bool writable) override;
  void turn_ended() override;
  void read();
  bool take(Bytes bytes);
  void write();
  bool write_out();
  void look();
  void look_at(env::Time at);
  void give_up(const Vigil::Overdue& overdue);
  void finish();

  fiber::Loop& loop_;
  Http2Events& events_;
  std::unique_ptr<env::Stream> stream_;
  Http2Session session_;
  std::function<void(const Error&)> ended_;
  Vigil vigil_;
  fiber::Timer look_;       ///< set for the first of the vigil's limits as they were when it was set
  env::Time look_at_ = env::Time::max();
  std::uint64_t gathered_ = 0;
  std::string out_;         ///< gathered, not written yet from out_start_ on
  std::size_t out_start_ = 0;
  bool connected_ = false;
  bool heard_ = false;      ///< the peer has said something
  bool blocked_ = true;     ///< the stream takes no more just now; `ready(writable)` ends that
  bool over_ = false;
  Error why_ = unavailable("the connection has not ended");
};

}  // namespace holon::wire
