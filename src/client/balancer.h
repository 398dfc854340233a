// Balancer: which of several endpoints a call goes to.
//
//   std::unique_ptr<Balancer> balancer = make_balancer(Balance::round_robin);
//   balancer->know(all);                                  // whenever endpoints come or go
//   Candidate& chosen = balancer->pick(those_that_may_take_it, call);
//
// A policy decides, and does nothing else: whom a call may go to at all (target.h), and what it does there, is others' business. All
// of it belongs to one loop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "client/limits.h"
#include "env/environment.h"

namespace holon::client {

/// An endpoint, as far as it matters for choosing it.
class Candidate {
 public:
  virtual ~Candidate() = default;
  /// The same for all callers, so that these choose alike where that matters.
  virtual const std::string& name() const = 0;
  /// Whether a call that goes there now would soon be on its way, as far as is known.
  virtual bool reachable() const = 0;
  /// Whether its breaker allows a call, too.
  virtual bool fit() const = 0;
  /// The share of its calls that went well of late, 0 to 1.
  virtual double well() const = 0;
  /// Calls of this loop that are under way there.
  virtual std::size_t in_flight() const = 0;
  /// How long a call takes there, in nanoseconds, as far as is known.
  virtual double latency() const = 0;
};

using Candidates = std::span<Candidate* const>;

/// What may matter of the call that an endpoint is chosen for.
struct Pick {
  std::uint64_t random = 0;
  env::Time now{};
  std::optional<std::uint64_t> key;             ///< calls with the same one belong together
  const Candidate* elsewhere_than = nullptr;  ///< where the call has been before
};

class Balancer {
 public:
  virtual ~Balancer() = default;
  /// Who may be a candidate from here on.
  virtual void know(Candidates all) = 0;
  /// One of `from`, at least one, all of which may take the call.
  virtual Candidate& pick(Candidates from, const Pick& call) = 0;
  /// The same out of `all` where not each of them has to be looked at for that; else null.
  virtual Candidate* glance(Candidates, const Pick&) { return nullptr; }
};

/// Of two at random, the one with less to do: the power of two choices (Mitzenmacher, 2001). However many there are, it costs the
/// same, and callers who know the same do not all run to the same one.
class TwoChoices final : public Balancer {
 public:
  void know(Candidates) override {}
  Candidate& pick(Candidates from, const Pick& call) override;
  Candidate* glance(Candidates all, const Pick& call) override;
};

/// Whose last turn is longest ago: so all that are fit come in turn, whoever of them is fit at the moment.
class RoundRobin final : public Balancer {
 public:
  void know(Candidates all) override;
  Candidate& pick(Candidates from, const Pick& call) override;

 private:
  std::map<const Candidate*, std::uint64_t> turns_;  ///< each one's last
  std::uint64_t turn_ = 0;
};

/// @param how  none of a key
std::unique_ptr<Balancer> make_balancer(Balance how);

/// A text's hash that is the same in all processes, as std::hash need not be.
std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0);

}  // namespace holon::client
