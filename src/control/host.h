// The life of one host, as decisions: what the node has to do about it, and when. Tells nothing to the world itself.
//
//   switch (life.due(now)) {
//     case Step::spawn: start it, then life.started(now) or life.ended(now, why, random)
//     case Step::terminate: SIGTERM to it, and SIGCONT, so that it can end if somebody stopped it
//     case Step::kill: SIGKILL to its group
//     case Step::none: wait until life.wake()
//   }
#pragma once

#include <string>
#include <string_view>

#include "control/restart.h"

namespace holon::control {

enum class HostState {
  starting,     ///< runs, or is about to; not ready yet
  ready,        ///< may be called
  stopping,     ///< was told to end
  backing_off,  ///< ended; will start again
  failed,       ///< keeps ending; will start again, late
  stopped,      ///< ended as it was told
};
std::string_view to_string(HostState state);

enum class Step { none, spawn, terminate, kill };

struct HostPolicy {
  RestartPolicy restart;
  env::Duration start_within = std::chrono::seconds(30);  ///< who is not ready by then is killed
  env::Duration drain = std::chrono::seconds(10);         ///< who still runs so long after SIGTERM is killed
  env::Duration unwell_drain = std::chrono::seconds(1);   ///< the same for who is ended since it does not answer
};

class HostLife {
 public:
  explicit HostLife(HostPolicy policy = {}) : policy_(policy), restart_(policy.restart) {}

  /// What is to be done at this moment; asked again until it is `none`.
  Step due(env::Time now);
  /// When `due` has to be asked even if nothing happens; Time::max() if never.
  env::Time wake() const { return wake_; }

  void started(env::Time now);
  /// It runs since before this node did.
  void taken_over(env::Time now);
  /// The time that it has to become ready begins anew: a debugger holds it.
  void held(env::Time now);
  void ready(env::Time now);
  /// How it ended, or why it could not be started.
  struct End {
    std::string cause;  ///< for people
    bool well = false;  ///< with success
  };
  void ended(env::Time now, End end, std::uint64_t random);
  /// Ends it, to start it anew at once: somebody asked for it, so it is no failure.
  void restart(env::Time now);
  /// Ends it since it is not well, to start it anew. Who does not answer is not likely to drain: it is killed soon.
  /// @param why  "failed health check: …"
  void unwell(env::Time now, const std::string& why);
  /// Starts it, if it was stopped or is being stopped.
  void start(env::Time now);
  /// Ends it, for good.
  void stop(env::Time now);
  /// Ends it at once.
  void kill(env::Time now);

  HostState state() const;
  bool running() const { return awake() || is_ending(); }
  /// Runs, and was not told to end.
  bool awake() const { return phase_ == Phase::starting || phase_ == Phase::ready; }
  /// Whether it was told to end for good.
  bool unwanted() const { return !wanted_; }
  bool stopped() const { return phase_ == Phase::stopped; }
  /// Why it last ended; empty if it never did.
  const std::string& cause() const { return cause_; }
  /// Whether that was by itself, with success.
  bool ended_well() const { return ended_well_; }
  int restarts() const { return restart_.ends(); }

 private:
  enum class Phase { waiting, starting, ready, terminating, draining, killing, stopped };

  bool is_ending() const {
    return phase_ == Phase::terminating || phase_ == Phase::draining || phase_ == Phase::killing;
  }
  void enter(Phase phase, env::Time wake);
  void terminate(env::Time now);

  HostPolicy policy_;
  Restart restart_;
  Phase phase_ = Phase::waiting;
  env::Time wake_ = env::Time::min();
  bool wanted_ = true;      ///< whether it starts again when it ended
  std::string cause_;
  bool ended_well_ = false;
  bool asked_ = false;       ///< whether somebody asked for the restart that is under way
  bool unwell_ = false;      ///< whether it is ended since it is not well
  std::string kill_reason_;  ///< why this node killed it
};

}  // namespace holon::control
