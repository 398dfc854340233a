// Breaker: whether one endpoint is worth a call, judged by what became of its calls.
//
//   if (breaker.allows(now)) { breaker.began(now); … breaker.ended(Outcome::good, now); }
//
// Closed, it lets all calls through; it opens when several fail in a row, or most of many. Open, it lets none through; after
// a while it is half open: one call tries, and its end closes the breaker or opens it for twice as long (M. Nygard, Release
// It!, chapter 5). That an open breaker is obeyed only while enough other endpoints are left is the pool's business. A
// machine over points of time: one loop's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "env/environment.h"

namespace holon::client {

/// What a call's end says of the endpoint.
enum class Outcome : std::uint8_t {
  good,     ///< it works, whatever it answered
  failed,   ///< it did not do what it should: only many of these count
  absent,   ///< it was not there: UNAVAILABLE, a broken connection
  unknown,  ///< nothing: the caller left
};

class Breaker {
 public:
  struct Rules {
    std::size_t absences_in_a_row = 5;
    std::size_t failure_percent = 50;  ///< of the calls of the last window, if there were enough
    std::size_t calls_min = 20;
    env::Duration window = std::chrono::seconds(10);
    env::Duration open_first = std::chrono::milliseconds(500);
    env::Duration open_most = std::chrono::seconds(10);
  };
  enum class State : std::uint8_t { closed, open, half_open };

  Breaker() : Breaker(Rules{}) {}
  explicit Breaker(const Rules& rules) : rules_(rules) {}

  State state(env::Time now) const {
    if (!tripped_) return State::closed;
    return now < open_until_ ? State::open : State::half_open;
  }
  /// Whether a call may go through: it is closed, or half open and nobody is trying.
  bool allows(env::Time now) const { return !tripped_ || (now >= open_until_ && now >= probe_until_); }
  void began(env::Time now) {
    if (tripped_) [[unlikely]] probe(now);
  }
  void ended(Outcome outcome, env::Time now);
  /// The share of the calls of the last window that went well, if there were enough to judge by; else 1.
  double well() const {
    const double calls = now_.calls + before_.calls;
    return calls >= static_cast<double>(rules_.calls_min) ? 1 - (now_.failures + before_.failures) / calls : 1;
  }
  /// For how long it has not been closed; 0 if it is.
  env::Duration out_for(env::Time now) const { return tripped_ ? now - out_since_ : env::Duration(0); }
  /// How often it opened.
  std::uint64_t trips() const { return trips_; }

 private:
  /// Calls of half a window.
  struct Tally {
    std::uint32_t calls = 0;
    std::uint32_t failures = 0;
  };

  void probe(env::Time now);
  void trip(env::Time now);
  void close();
  void turn_over(env::Time now);
  bool mostly_fails() const;

  Rules rules_;
  bool tripped_ = false;
  std::size_t absences_ = 0;  ///< in a row
  int openings_ = 0;  ///< since it was last closed
  env::Time out_since_{};
  env::Time open_until_{};
  env::Time probe_until_{};  ///< somebody tries; if nothing is heard of that, another may from then on
  env::Time tally_began_{};
  Tally now_, before_;
  std::uint64_t trips_ = 0;
};

}  // namespace holon::client
