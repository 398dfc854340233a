// Http1Link: joins a byte stream to an HTTP/1.1 connection, the server's side. Reads what is ready, writes once per turn of the
// loop, leaves a peer that takes longer than it may, and closes so that the last answer arrives.
#pragma once

#include <memory>
#include <string>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "wire/http1.h"

namespace holon::wire {

struct Http1Times {
  env::Duration head_time = std::chrono::seconds(10);   ///< from a request's first byte to its head's end
  env::Duration idle_time = std::chrono::seconds(75);   ///< between requests
  env::Duration write_time = std::chrono::seconds(30);  ///< without a byte taken of an answer
  env::Duration linger_time = std::chrono::seconds(2);  ///< for the peer to close, once we have
};

class Http1LinkEvents : public Http1Events {
 public:
  /// Bytes have left: `unsent` is smaller.
  virtual void wrote() = 0;
  /// After `switch_protocols`: the peer ended its direction.
  virtual void peer_ended() = 0;
  /// The peer takes none of the bytes that wait for it: `ended` follows.
  virtual void stalled() = 0;
  /// The stream is over: the peer closed it, it broke, took too long, or all was said. Called once, from within the loop;
  /// nothing is told after it. The link may be destroyed after that call, not in it.
  virtual void ended() = 0;
};

class Http1Link final : private env::Watcher, private fiber::TurnEnd {
 public:
  /// @param first  bytes that were read of the stream already
  Http1Link(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, const Http1Limits& limits, const Http1Times& times,
            Http1LinkEvents& events, std::string first);
  ~Http1Link() override;

  /// For reading its state, and for answers, which `touch` follows.
  Http1Connection& http() { return http_; }
  /// There is something to be written: at the end of this turn.
  void touch() { loop_.defer(*this); }
  /// Somebody works on the request, and minds how long its body takes. If the peer closes nobody waits for the answer any
  /// more.
  void busy(bool busy);
  /// Reads no more until it is called with false: what was read is not used up yet.
  void pause(bool paused);
  /// Bytes of answers that the peer has not taken.
  std::size_t unsent() const { return out_.size() - out_start_ + http_.unsent(); }
  bool ended() const { return ended_; }
  std::string peer() const { return stream_->peer(); }

  /// The answer under way, or the next one, is the last.
  void drain();
  /// Closes now.
  void close();

 private:
  /// What is waited for, and so what time limit runs.
  enum class Phase { head, request, write, idle, linger };

  void ready(bool readable, bool writable) override;
  void turn_ended() override;
  void read();
  void write();
  bool wants_read() const;
  bool over() const;
  bool lingers();
  Phase phase() const;
  env::Duration granted(Phase phase) const;
  void watch_time(bool progress);
  void time_is_up();
  void end();

  fiber::Loop& loop_;
  std::unique_ptr<env::Stream> stream_;
  Http1LinkEvents& events_;
  Http1Connection http_;
  Http1Times times_;
  std::string first_;
  fiber::Timer timer_;
  fiber::Timer again_;          ///< to read on in the next turn
  Phase timed_ = Phase::head;
  std::size_t ahead_ = 0;       ///< bytes read beyond the request under way
  std::string out_;             ///< gathered, not written yet from out_start_ on
  std::size_t out_start_ = 0;
  bool readable_ = true;        ///< maybe: an edge may have passed before this watched
  bool blocked_ = false;        ///< the stream takes no more just now
  bool busy_ = false;
  bool paused_ = false;
  bool heard_ = false;          ///< some bytes have come since the timer was set
  bool began_ = false;          ///< some bytes have come
  bool peer_ended_ = false;
  bool lingering_ = false;
  bool broken_ = false;
  bool ended_ = false;
};

}  // namespace holon::wire
