#include "faults/rules.h"

#include <algorithm>

namespace holon::faults {
namespace {

/// Evenly from 0 to below 1: the upper 53 bits, as many as a double keeps.
double unit_of(std::uint64_t random) { return static_cast<double>(random >> 11) * 0x1.0p-53; }

env::Duration delay_of(const Rule& rule, const Random& random) {
  if (rule.jitter.count() == 0) return rule.delay;
  const double off = (unit_of(random()) * 2 - 1) * static_cast<double>(rule.jitter.count());
  return rule.delay + env::Duration(static_cast<std::int64_t>(off));
}

}  // namespace

Rules::Rules(std::vector<Rule> rules) {
  for (Rule& rule : rules) kept_.push_back({std::move(rule), {}});
}

Fate Rules::fate(const Subject& subject, env::Time now, env::Time deadline, const Random& random) {
  Fate fate{.start = now};
  for (Kept& kept : kept_) {
    const Rule& rule = kept.rule;
    if (rule.until <= now || !rule.concerns(subject)) continue;
    if (rule.share < 1 && unit_of(random()) >= rule.share) continue;
    fate.fault = rule.id;
    if (rule.per_second > 0) fate.start = turn(kept, fate.start, deadline);
    fate.start += delay_of(rule, random);
    if (rule.ending == Ending::untouched) continue;
    fate.ending = rule.ending;
    fate.code = rule.code;
    break;
  }
  return fate;
}

/// A bucket that holds one call and leaks evenly: when the call may go on.
env::Time Rules::turn(Kept& kept, env::Time at, env::Time deadline) {
  const env::Time mine = std::max(at, kept.next_turn);
  const env::Time last = std::min(deadline, kept.rule.until);
  if (mine >= last) return last;
  kept.next_turn = mine + env::Duration(static_cast<std::int64_t>(1e9 / kept.rule.per_second));
  return mine;
}

bool Rules::holds(std::uint32_t id, env::Time now) const {
  return std::ranges::any_of(kept_, [&](const Kept& kept) { return kept.rule.id == id && kept.rule.until > now; });
}

bool Rules::any(env::Time now) const {
  return std::ranges::any_of(kept_, [&](const Kept& kept) { return kept.rule.until > now; });
}

}  // namespace holon::faults
