// ResetBudget: how many streams a client may end before they could cost it anything: by resetting them right after it opened them
// ("rapid reset", CVE-2023-44487), or by making the server reset them (CVE-2025-8671). So it would get around the bound of
// concurrent streams. On one connection of a server, a machine over points of time.
//
// Honest clients do the first, too. A hedged call that has its answer cancels the other attempt, so each stream that ended well allows
// one more: a flood has to take as many answers as it spares itself. And on a host that gets no processor, streams whose deadlines
// passed are read together with their resets, as if they were of no age; so of streams that have a deadline the time in which nothing
// was read allows some. It cannot be told from a client's silence, but grants no more a second than so many calls would cost anyway.
#pragma once

#include <algorithm>
#include <chrono>

#include "wire/budget.h"
#include "wire/http2.h"

namespace holon::wire {

class ResetBudget {
 public:
  /// @param rate    of all that end too early
  /// @param unread  beside that: what pauses allow by second, and at most in all
  constexpr ResetBudget(const Rate& rate, const Rate& unread)
      : rate_(rate.burst, rate.per_second), unread_(unread), earned_most_(rate.burst) {}

  /// Nothing was read of the connection for so long.
  void paused(env::Duration time) {
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::min<env::Duration>(time, std::chrono::hours(1)));
    allowed_ = std::min(unread_.burst, allowed_ + ms.count() * unread_.per_second / 1'000);
  }
  void ended_well() { earned_ = std::min(earned_most_, earned_ + 1); }

  /// The client resets a stream that has only just come. False if that is too often.
  /// @param has_deadline  its client said how long it waits
  bool take_early(bool has_deadline, env::Time now) {
    std::int64_t& free = has_deadline && allowed_ > 0 ? allowed_ : earned_;
    if (free == 0) return rate_.take(now);
    --free;
    return true;
  }
  /// A stream ends by the client's fault. False if that is too often.
  bool take_fault(env::Time now) { return rate_.take(now); }

 private:
  Budget rate_;
  Rate unread_;
  const std::int64_t earned_most_;
  std::int64_t allowed_ = 0;  ///< by pauses
  std::int64_t earned_ = 0;   ///< by streams that ended well; mistakes are not paid from it: honest clients make none
};

}  // namespace holon::wire
