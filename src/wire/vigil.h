// Vigil: how long the peer of a connection may take over what it has to do, and whether it still lives.
//
// A machine over points of time, without a clock or a timer: a Link tells it what happened, and asks it what is overdue.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "env/environment.h"

namespace holon::wire {

constexpr env::Duration never = env::Duration::max();

/// `at` + `wait`, which may be `never`.
inline env::Time after(env::Time at, env::Duration wait) {
  return wait >= env::Time::max() - at ? env::Time::max() : at + wait;
}

struct LinkTimes {
  /// From the start until the byte stream is connected and the peer's preface and settings are there.
  env::Duration preface_time = std::chrono::seconds(20);
  /// From a frame's or a header block's first byte to its last.
  env::Duration frame_time = std::chrono::seconds(20);
  /// Without taking any of the bytes that wait to be written.
  env::Duration write_time = std::chrono::seconds(20);
  /// Without a byte from the peer; then it is asked for a sign of life (PING).
  env::Duration keepalive_time = never;
  /// For that sign.
  env::Duration keepalive_timeout = std::chrono::seconds(20);
  /// After a request without any answer, and without a byte, the peer is asked too; once that was in vain as long again, it
  /// counts as silent. It may be asked twice for one such wait, which is as often as gRPC servers bear.
  env::Duration silence_time = never;
  /// Whether it is asked also while no stream is open. A gRPC server may take that amiss.
  bool keepalive_idle = false;
};

class Vigil {
 public:
  Vigil(const LinkTimes& times, env::Time now) : times_(times), began_(now), heard_(now) {}

  /// Bytes came. `open_frame` is the number of the frame or header block that they ended within; 0 if within none.
  void heard(env::Time now, std::uint64_t open_frame) {
    if (now >= after(asked_, times_.silence_time)) spoke_again_ = now;
    heard_ = now;
    asked_ = env::Time::max();
    if (open_frame == open_frame_) return;
    open_frame_ = open_frame;
    frame_began_ = now;
  }
  /// Its preface and settings are there.
  void greeted() { greeted_ = true; }
  /// Some bytes were taken; more wait if `waiting`.
  void wrote(env::Time now, bool waiting) { stalled_ = waiting ? now : env::Time::max(); }
  /// Bytes wait, and none was taken.
  void stalled(env::Time now) {
    if (stalled_ == env::Time::max()) stalled_ = now;
  }
  void asked(env::Time now) {
    asked_ = now;
    ++asks_;
  }
  /// A request was sent. Whether nothing was expected until then.
  bool expects(env::Time now) {
    if (expects_since_ != env::Time::max()) return false;
    expects_since_ = now;
    asks_ = 0;
    return true;
  }
  /// Some answer came.
  void answered() { expects_since_ = env::Time::max(); }

  /// Nobody is there any more, as somebody says who knows: who is silent then is given up, and not only passed over.
  void absent() { times_.keepalive_timeout = std::min(times_.keepalive_timeout, times_.silence_time); }

  /// Whether it is time to ask for a sign of life.
  bool must_ask(env::Time now, bool streams) const {
    if (!greeted_ || asked_ != env::Time::max()) return false;
    if (now >= expects_until()) return true;
    return (streams || times_.keepalive_idle) && now >= after(heard_, times_.keepalive_time);
  }
  /// Whether it was asked, and answers nothing.
  bool silent(env::Time now) const {
    return expects_since_ != env::Time::max() && now >= after(asked_, times_.silence_time);
  }
  /// When its last silence ended; the beginning of time if there was none.
  env::Time spoke_again() const { return spoke_again_; }

  struct Overdue {
    std::string_view rule;  ///< what it is counted under; empty if nothing is overdue
    std::string_view what;  ///< in words
  };
  Overdue overdue(env::Time now) const;
  /// When something may become overdue, or a sign of life is to be asked for, as things stand; after `now`.
  env::Time next(env::Time now) const;

 private:
  static constexpr int asks_max = 2;

  /// When an answer is late.
  env::Time expects_until() const {
    if (expects_since_ == env::Time::max() || asks_ >= asks_max || times_.silence_time == never) return env::Time::max();
    return after(std::max(heard_, expects_since_), times_.silence_time * (1 + asks_));
  }

  LinkTimes times_;
  env::Time began_;
  env::Time heard_;
  std::uint64_t open_frame_ = 0;
  env::Time frame_began_{};               ///< when the open frame did
  env::Time stalled_ = env::Time::max();  ///< since when bytes wait without progress
  env::Time asked_ = env::Time::max();    ///< when it was asked, as long as nothing was heard since
  env::Time expects_since_ = env::Time::max();  ///< the first request without an answer, if nothing was answered since
  int asks_ = 0;                                ///< since then
  env::Time spoke_again_{};
  bool greeted_ = false;
};

}  // namespace holon::wire
