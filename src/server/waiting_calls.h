// WaitingCalls: calls of one service and one priority that have not started, and when they have waited too long.
//
// Callers take turns: each has a lane of its own, or shares one of 64 with few others (stochastic fairness queueing, P.
// McKenney, 1990). So who calls a thousand times waits for itself.
//
// As long as now and then a call starts in time, there is enough room, and calls start in the order in which they came. When
// that was so for nobody for a while, there is a standing queue (CoDel, K. Nichols and V. Jacobson, 2012), and waiting longer
// helps nobody: then the youngest call starts first, whose caller is the least impatient, and those that have waited for the
// target's time are given up (B. Maurer, Fail at Scale, ACM Queue 2015).
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "env/environment.h"
#include "fiber/list.h"

namespace holon::server {

class WaitingCalls;

/// A call that waits. It leaves when it is destroyed.
class Waiting : public fiber::ListNode<Waiting> {
 public:
  bool waits() const { return room_ != nullptr; }
  /// Since when it waits, or waited.
  env::Time since() const { return since_; }

 protected:
  ~Waiting() = default;

 private:
  friend class WaitingCalls;
  WaitingCalls* room_ = nullptr;
  env::Time since_{};
  std::uint8_t lane_ = 0;
};

class WaitingCalls {
 public:
  static constexpr unsigned lanes = 64;

  /// @param patience  for so long nobody started in time, and for five times the target: then there is a standing queue
  explicit WaitingCalls(env::Duration patience) : patience_(patience) {}
  ~WaitingCalls();

  bool empty() const { return used_ == 0; }
  std::size_t size() const { return size_; }
  bool overloaded() const { return overloaded_; }
  /// For how many periods in a row it has been; 0 if it is not.
  int overloaded_for() const { return overloaded_for_; }

  /// @param caller  a hash of who calls
  void push(Waiting& call, std::size_t caller, env::Time now);
  /// The one that may start.
  Waiting& take(env::Duration target, env::Time now);
  /// One that has waited for more than `target` while there is a standing queue; null if there is none.
  Waiting* take_stale(env::Duration target, env::Time now);
  /// The one that came first to the fullest lane, to make room.
  Waiting& take_oldest();
  void remove(Waiting& call);
  /// Whether that they wait may have a reason that goes by soon. When it has, the wait until then does not count.
  void be_lenient(bool lenient, env::Time now) {
    if (leniency_ > 1 && !lenient) fine_at_ = now;
    leniency_ = lenient ? 2 : 1;
  }
  /// Calls `visit` on each; it may remove the call that it is given, and no other.
  template <class F>
  void each(F visit) {
    for (auto& lane : lanes_) lane.each(visit);
  }

 private:
  Waiting& leave(Waiting& call);
  unsigned next_lane();
  bool is_modest(int lane) const;
  void count(bool shed, env::Duration target, env::Time now);
  void look(env::Duration target, env::Time now);
  /// The longer, the less is lost of what comes all at once; but who has seen a standing queue lately sees the next at once.
  env::Duration patience(env::Duration target, env::Time now) const {
    return now < wary_until_ ? 2 * target : std::max(patience_, 5 * target) * leniency_;
  }

  env::Duration patience_;
  int leniency_ = 1;
  fiber::List<Waiting> lanes_[lanes];
  std::uint32_t length_[lanes] = {};
  std::uint64_t used_ = 0;  ///< lanes that are not empty, as bits
  unsigned turn_ = 0;       ///< the lane that comes next
  std::size_t size_ = 0;

  bool overloaded_ = false;
  int overloaded_for_ = 0;
  env::Time wary_until_{};
  env::Time fine_at_{};      ///< when a call started in time, or none waited; moved on by what the process stood still
  env::Time looked_at_{};
  env::Time period_began_{};
  std::uint32_t started_ = 0, shed_ = 0;  ///< in the period
};

}  // namespace holon::server
