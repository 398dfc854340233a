// Link: joins a byte stream to an HTTP/2 session. Reads all that is ready, and writes once per turn of the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "wire/http2.h"

namespace holon::wire {

class Link final : private env::Watcher, private fiber::TurnEnd {
 public:
  /// @param ended  called once, from within the loop, when the stream is over: the peer closed it, it broke, or the session
  ///               came to its end. All streams were reset before. The link may be destroyed after that call, not in it.
  Link(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, Role role, const Http2Limits& limits, Http2Events& events,
       std::function<void(const Error& why)> ended);
  ~Link() override;

  /// For reading its state, and for what `touch` follows.
  Http2Session& session() { return session_; }
  const Http2Session& session() const { return session_; }
  /// The session has something to say: it is written at the end of this turn.
  void touch() { loop_.defer(*this); }
  /// Whether a stream that was connecting is through.
  bool connected() const { return connected_; }
  bool ended() const { return over_; }
  /// Called once when `connected` becomes true.
  void on_connected(std::function<void()> call) { on_connected_ = std::move(call); }
  /// Closes the byte stream now; `ended` is called.
  void close(const Error& why);
  std::string peer() const { return stream_->peer(); }

 private:
  void ready(bool readable, bool writable) override;
  void turn_ended() override;
  void read();
  void write();
  bool write_out();

  fiber::Loop& loop_;
  std::unique_ptr<env::Stream> stream_;
  Http2Session session_;
  std::function<void(const Error&)> ended_;
  std::function<void()> on_connected_;
  std::string out_;         ///< gathered, not written yet from out_start_ on
  std::size_t out_start_ = 0;
  bool connected_ = false;
  bool blocked_ = true;     ///< the stream takes no more just now; `ready(writable)` ends that
  bool over_ = false;
};

}  // namespace holon::wire
