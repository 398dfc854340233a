#include "control/host.h"

#include <utility>

namespace holon::control {
namespace {

std::string in_seconds(env::Duration span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(span).count()) + " s";
}

}  // namespace

std::string_view to_string(HostState state) {
  switch (state) {
    case HostState::starting: return "starting";
    case HostState::ready: return "ready";
    case HostState::stopping: return "stopping";
    case HostState::backing_off: return "backing off";
    case HostState::failed: return "failed";
    case HostState::stopped: return "stopped";
  }
  return "unknown";
}

void HostLife::enter(Phase phase, env::Time wake) {
  phase_ = phase;
  wake_ = wake;
}

Step HostLife::due(env::Time now) {
  if (now < wake_) return Step::none;
  switch (phase_) {
    case Phase::waiting:
      return Step::spawn;
    case Phase::starting:
      kill_reason_ += "was not ready within " + in_seconds(policy_.start_within) + " and was killed: ";
      enter(Phase::killing, env::Time::max());
      return Step::kill;
    case Phase::terminating:
      enter(Phase::draining, now + (unwell_ ? policy_.unwell_drain : policy_.drain));
      return Step::terminate;
    case Phase::draining:
      if (!unwell_) kill_reason_ += "did not end within " + in_seconds(policy_.drain) + " and was killed: ";
      enter(Phase::killing, env::Time::max());
      return Step::kill;
    case Phase::killing:
      enter(Phase::killing, env::Time::max());
      return Step::kill;
    case Phase::ready:
    case Phase::stopped:
      return Step::none;
  }
  return Step::none;
}

void HostLife::started(env::Time now) {
  restart_.started(now);
  enter(Phase::starting, now + policy_.start_within);
}

void HostLife::taken_over(env::Time now) { started(now); }

void HostLife::held(env::Time now) {
  if (phase_ == Phase::starting) enter(Phase::starting, now + policy_.start_within);
}

void HostLife::ready(env::Time now) {
  if (phase_ != Phase::starting) return;  // too late: it is being ended
  restart_.started(now);
  enter(Phase::ready, env::Time::max());
}

void HostLife::ended(env::Time now, End end, std::uint64_t random) {
  if (!wanted_) {
    enter(Phase::stopped, env::Time::max());
  } else if (asked_) {
    enter(Phase::waiting, now);
  } else {
    enter(Phase::waiting, now + restart_.ended(now, random));
  }
  cause_ = std::exchange(kill_reason_, {}) + end.cause;
  ended_well_ = end.well;
  asked_ = false;
  unwell_ = false;
}

void HostLife::terminate(env::Time now) {
  if (phase_ == Phase::starting || phase_ == Phase::ready) enter(Phase::terminating, now);
}

void HostLife::restart(env::Time now) {
  if (phase_ == Phase::waiting) return enter(Phase::waiting, now);
  if (running()) asked_ = true;
  terminate(now);
}

void HostLife::unwell(env::Time now, const std::string& why) {
  if (phase_ != Phase::starting && phase_ != Phase::ready) return;
  kill_reason_ = why + ": ";
  unwell_ = true;
  terminate(now);
}

void HostLife::start(env::Time now) {
  wanted_ = true;
  if (phase_ == Phase::stopped) enter(Phase::waiting, now);
}

void HostLife::stop(env::Time now) {
  wanted_ = false;
  if (phase_ == Phase::waiting) enter(Phase::stopped, env::Time::max());
  terminate(now);
}

void HostLife::kill(env::Time now) {
  stop(now);
  if (running()) enter(Phase::killing, now);
}

HostState HostLife::state() const {
  switch (phase_) {
    case Phase::waiting:
      if (restart_.crash_loop()) return HostState::failed;
      return restart_.ends() > 0 ? HostState::backing_off : HostState::starting;
    case Phase::starting: return restart_.crash_loop() ? HostState::failed : HostState::starting;
    case Phase::ready: return HostState::ready;
    case Phase::terminating:
    case Phase::draining:
    case Phase::killing: return HostState::stopping;
    case Phase::stopped: return HostState::stopped;
  }
  return HostState::failed;
}

}  // namespace holon::control
