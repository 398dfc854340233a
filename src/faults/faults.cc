#include "faults/faults.h"

#include <algorithm>

#include "telemetry/metrics.h"

namespace holon::faults {
namespace {

/// How often a call that is held up looks whether its fault was taken away.
constexpr std::chrono::milliseconds look_again{50};

}  // namespace

Error Ordeal::error() const {
  const std::string who = "fault " + std::to_string(fault) + " (see `holon fault list`) ";
  if (answer_lost) return unavailable(who + "lost the answer: the call was handled");
  if (code == Code::deadline_exceeded) return deadline_exceeded(who + "held the call until its deadline");
  if (code == Code::cancelled) return cancelled("the caller has gone, while " + who + "held the call");
  return Error(code, who + "ended the call");
}

void Faults::set(std::vector<Rule> rules) {
  std::lock_guard lock(mutex_);
  any_.store(!rules.empty(), std::memory_order_relaxed);
  rules_ = Rules(std::move(rules));
}

Fate Faults::fate(const Subject& subject, env::Time now, env::Time deadline) {
  env::Environment& world = fiber::Loop::current()->environment();
  std::lock_guard lock(mutex_);
  if (!rules_.any(now)) any_.store(false, std::memory_order_relaxed);
  return rules_.fate(subject, now, deadline, [&] { return world.random(); });
}

bool Faults::holds(std::uint32_t fault, env::Time now) {
  std::lock_guard lock(mutex_);
  return rules_.holds(fault, now);
}

Fate Faults::foresee(const Subject& subject, std::uint32_t edge, env::Time deadline) {
  const Fate fate = this->fate(subject, fiber::Loop::current()->environment().now(), deadline);
  if (fate.hit()) telemetry::record_fault(edge);
  return fate;
}

Ordeal Faults::meet(const Subject& subject, std::uint32_t edge, env::Time deadline, internal::Scope& scope) {
  env::Environment& world = fiber::Loop::current()->environment();
  env::Time now = world.now();
  const Fate fate = foresee(subject, edge, deadline);
  if (!fate.hit()) return {};
  const env::Time until = fate.ending == Ending::black_hole ? env::Time::max() : fate.start;
  fiber::Waiter waiter;
  while (now < until && holds(fate.fault, now)) {
    const fiber::Wake how = waiter.wait(std::min({until, deadline, now + look_again}), &scope);
    now = world.now();
    if (how == fiber::Wake::cancelled) return {.fault = fate.fault, .code = Code::cancelled};
    if (now >= deadline) return {.fault = fate.fault, .code = Code::deadline_exceeded};
  }
  switch (fate.ending) {
    case Ending::abort: return {.fault = fate.fault, .code = fate.code};
    case Ending::black_hole: return {.fault = fate.fault, .code = Code::unavailable};
    case Ending::reset: return {.fault = fate.fault, .answer_lost = true};
    case Ending::untouched: break;
  }
  return {.fault = fate.fault};
}

}  // namespace holon::faults
