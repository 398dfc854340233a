// Rules: the faults that hold, and what they do to one call after the other. Pure: time and randomness are given, so that a run
// can be replayed.
//
//   Rules rules({rule, …});
//   Fate fate = rules.fate(subject, now, deadline, [&] { return world.random(); });
//   // the call goes on at fate.start, and ends as fate.ending says
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "faults/rule.h"

namespace holon::faults {

/// What becomes of one call.
struct Fate {
  std::uint32_t fault = 0;  ///< the rule that hit it last; 0: none did
  env::Time start{};        ///< when it goes on
  Ending ending = Ending::untouched;
  Code code = Code::ok;     ///< of `abort`

  bool hit() const { return fault != 0; }
};

using Random = std::function<std::uint64_t()>;

class Rules {
 public:
  Rules() = default;
  /// In the order in which they hit a call.
  explicit Rules(std::vector<Rule> rules);

  /// Every rule that concerns the call hits its share of such calls. Delays add up; the first that ends it has the last word.
  /// A call that its deadline would meet while it waits for its turn takes none.
  Fate fate(const Subject& subject, env::Time now, env::Time deadline, const Random& random);
  /// Whether the rule of that number holds.
  bool holds(std::uint32_t id, env::Time now) const;
  /// Whether any does.
  bool any(env::Time now) const;

 private:
  struct Kept {
    Rule rule;
    env::Time next_turn{};  ///< of a throttle
  };
  static env::Time turn(Kept& kept, env::Time at, env::Time deadline);

  std::vector<Kept> kept_;
};

}  // namespace holon::faults
