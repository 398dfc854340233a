// ConcurrencyLimit: how many calls of a service may be under way at once, learned from how long they take.
//
//   if (!limit.reached()) { limit.started(); … limit.ended(method, ConcurrencyLimit::End::done, took, now); }
//
// There is no limit until calls take much longer than they usually do while many are under way: then they wait for something
// that the service has only so many of (connections to a database, slots, its processor). By Little's law as many are worked
// on as are done in a second, times what they take when they need not wait: that, and a little more, becomes the limit. As TCP Vegas
// (Brakmo, O'Malley, Peterson, 1994) it so keeps a short queue at the bottleneck. What "usually" is may be wrong, so each step
// down is an experiment: if fewer are done in a second as there are fewer at once, they do not wait for each other, and what they
// take now is usual from then on. How much calls differ by themselves is no wait. A limit that has proved itself stays for the next
// time, and grows as soon as nobody waits below it.
//
// A machine over points of time: one loop's.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "env/environment.h"

namespace holon::server {

class ConcurrencyLimit {
 public:
  /// What a call's end says.
  enum class End : std::uint8_t {
    done,    ///< it got what it waited for, whatever it answered
    late,    ///< it gave up waiting
    failed,  ///< nothing
  };

  /// @param slack  what calls may be slower than usual without anybody minding
  explicit ConcurrencyLimit(env::Duration slack) : slack_(slack) {}

  static constexpr double none = std::numeric_limits<double>::infinity();

  bool reached() const { return static_cast<double>(running_) >= limit_; }
  std::size_t running() const { return running_; }
  double value() const { return limit_; }
  void started() { ++running_; }
  /// @param method  its number within the service, small
  void ended(std::size_t method, End how, env::Duration took, env::Time now);
  /// One that was started, and did not run after all.
  void returned() { --running_; }
  /// Somebody waits because it is reached.
  void held_up() { held_up_ = true; }
  /// It was just set, and nobody knows yet whether that does any good.
  bool on_trial() const { return on_trial_; }
  /// What the calls of the last round take when they need not wait; 0 if that is not known.
  env::Duration usual() const { return usual_; }
  /// The same for one method.
  env::Duration usual(std::size_t method) const;

 private:
  static constexpr std::size_t kept = 32;  // calls of a method that a round remembers: the last ones

  struct Method {
    double usual_ns = 0;  ///< the median of what its calls took while they need not wait; 0: not known
    std::uint32_t ended = 0;
    std::array<float, kept> took_ns{};
    double first_ns = 0;   ///< the mean of the first few of the round
    double median_ns = 0;  ///< of those that it remembers, as the mean
    double mean_ns = 0;
    double error_ns = 0;   ///< by which the median may be off by chance
  };

  /// What was seen in a round.
  struct Sight {
    double in_flight = 0;
    double took_ns = 0;  ///< the mean
    double usual_ns = 0;
    double wait_ns = 0;  ///< by which the median is above the usual one, and more than by chance
    double done = 0;     ///< the share of calls that were not late
    double per_second = 0;  ///< that were done
    /// How many would have been under way if none had waited (Little's law).
    double needed() const { return per_second * std::max(0.0, took_ns - wait_ns) / 1e9; }
    /// The share of a call's time in which it is worked on.
    double worked_on() const { return took_ns > 0 ? std::max(0.0, 1 - wait_ns / took_ns) : 1; }
  };

  void add(std::size_t number, env::Duration took);
  void begin_round(env::Time now);
  void end_round(env::Time now);
  Sight look(env::Time now);
  static void look_at_method(Method& method, bool quiet);
  void learn(double up, double down);
  bool crowded(const Sight& sight) const;
  void limit_to(const Sight& sight);
  void adapt(const Sight& sight);
  bool lowered_in_vain(const Sight& sight) const;
  void grow(double from);
  void lift();

  env::Duration slack_;
  double limit_ = none;
  std::size_t running_ = 0;
  std::vector<Method> methods_;
  env::Duration usual_{};

  env::Time round_began_{};
  env::Time judges_from_{};  ///< what began before that waited for calls that the limit lets in no more
  std::uint32_t ends_ = 0, done_ = 0, late_ = 0, seen_ = 0;  ///< seen: what it took is known, of a call of this round
  double running_sum_ = 0;
  bool held_up_ = false;
  bool crowded_before_ = false;  ///< in the round before
  bool on_trial_ = false;
  int rounds_to_probe_ = 0;
  double before_probe_ = 0;   ///< the limit that is lowered for a round to learn what is usual; 0: it is not
  std::optional<Sight> before_;  ///< what was seen before the limit was lowered
};

}  // namespace holon::server
