// Faults: those that hold in this process, and what a call goes through on its way out: it is held up, ended, or loses its
// answer. Set by any thread; calls meet them on their own fibers.
//
//   if (faults.any()) ordeal = faults.meet(subject, edge, deadline, scope);    // one load of an atomic when there are none
//   if (ordeal.code != Code::ok) return ordeal.error();
//   …the call…
//   if (ordeal.answer_lost) return ordeal.error();
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "faults/rules.h"
#include "fiber/waiter.h"
#include "holon/result.h"

namespace holon::faults {

/// What a call has been through.
struct Ordeal {
  std::uint32_t fault = 0;   ///< that hit it; 0: none
  Code code = Code::ok;      ///< what it ended with, before its handler
  bool answer_lost = false;  ///< its handler runs, but the caller gets error()

  bool hit() const { return fault != 0; }
  /// What the caller gets in place of an answer: it names the fault, so that nobody looks for another cause.
  Error error() const;
};

class Faults {
 public:
  /// Whether a call has to meet them.
  bool any() const { return any_.load(std::memory_order_relaxed); }

  /// These hold from here on, and no others.
  void set(std::vector<Rule> rules);

  /// On the call's fiber; suspends while it is held up: until its deadline at most, and not for long beyond the end of the fault.
  /// @param edge  telemetry's number of who calls what: hits are counted there
  Ordeal meet(const Subject& subject, std::uint32_t edge, env::Time deadline, internal::Scope& scope);
  /// What becomes of a call that goes out now; for who has it held up by other means.
  Fate foresee(const Subject& subject, std::uint32_t edge, env::Time deadline);

 private:
  Fate fate(const Subject& subject, env::Time now, env::Time deadline);
  bool holds(std::uint32_t fault, env::Time now);

  std::atomic<bool> any_{false};
  std::mutex mutex_;  ///< never held over a suspension
  Rules rules_;
};

}  // namespace holon::faults
