// Vigil: how long the peer of a connection may take over what it has to do, and whether it still lives.
//
// A machine over points of time, without a clock or a timer: a Link tells it what happened, and asks it what is overdue.
#pragma once

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
  /// Whether it is asked also while no stream is open. A gRPC server may take that amiss.
  bool keepalive_idle = false;
};

class Vigil {
 public:
  Vigil(const LinkTimes& times, env::Time now) : times_(times), began_(now), heard_(now) {}

  /// Bytes came. `open_frame` is the number of the frame or header block that they ended within; 0 if within none.
  void heard(env::Time now, std::uint64_t open_frame) {
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
  void asked(env::Time now) { asked_ = now; }

  /// Whether it is time to ask for a sign of life.
  bool must_ask(env::Time now, bool streams) const {
    bool wanted = greeted_ && asked_ == env::Time::max() && (streams || times_.keepalive_idle);
    return wanted && now >= after(heard_, times_.keepalive_time);
  }

  struct Overdue {
    std::string_view rule;  ///< what it is counted under; empty if nothing is overdue
    std::string_view what;  ///< in words
  };
  Overdue overdue(env::Time now) const;
  /// When something may become overdue, or a sign of life is to be asked for, as things stand; after `now`.
  env::Time next(env::Time now) const;

 private:
  LinkTimes times_;
  env::Time began_;
  env::Time heard_;
  std::uint64_t open_frame_ = 0;
  env::Time frame_began_{};               ///< when the open frame did
  env::Time stalled_ = env::Time::max();  ///< since when bytes wait without progress
  env::Time asked_ = env::Time::max();    ///< when it was asked, as long as nothing was heard since
  bool greeted_ = false;
};

}  // namespace holon::wire
