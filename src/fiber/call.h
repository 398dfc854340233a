// The inside of a Call: roots and branches, and what the rooms above may touch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include "fiber/waiter.h"
#include "holon/call.h"
#include "holon/task.h"
#include "holon/generated.h"

namespace holon {

/// What all calls below one root share.
struct Call::Root {
  TraceContext trace;       ///< the ids, and in `span` the span of whoever called from outside
  std::string tracestate;   ///< W3C, passed on as it is
  std::string baggage;      ///< W3C, passed on as it is
  Claims claims;            ///< passed on as they are
  std::string caller;       ///< what Call::caller of the root views
  bool failed_below = false;  ///< a call that it made was UNAVAILABLE, after all attempts that were due
};

struct Call::Extra {
  Metadata metadata;
  Metadata response_metadata;
  Metadata response_trailers;
};

namespace internal {

/// A Call's flags, as bits.
struct CallFlag {
  static constexpr std::uint8_t outgoing = 1;  ///< its metadata goes to the callee, what comes back goes into it
  static constexpr std::uint8_t wait_for_ready = 2;
  static constexpr std::uint8_t compress = 4;           ///< messages written from here on
  static constexpr std::uint8_t may_compress = 8;       ///< somebody has said whether to compress
  static constexpr std::uint8_t came_compressed = 16;   ///< the message read last
};

struct CallAccess {
  using Root = Call::Root;

  static Root& root(const Call& call) { return *call.root_; }
  static Scope& scope(const Call& call) { return *call.scope_; }
  static const MethodInfo* method(const Call& call) { return call.method_; }
  static void set_method(Call& call, const MethodInfo* method) { call.method_ = method; }
  static void set_metadata(Call& call, Metadata metadata);
  /// Takes away what came back of an earlier use.
  static void forget_response(Call& call) {
    call.response_metadata() = {};
    call.response_trailers() = {};
  }
  static int priority(const Call& call) { return call.priority_; }
  static void set_position(Call& call, int hops, int priority) {
    call.hops_ = static_cast<std::uint8_t>(hops);
    call.priority_ = static_cast<std::uint8_t>(priority);
  }
  /// For what waits from then on.
  static void set_deadline(Call& call, Deadline deadline) { call.deadline_ = deadline; }
  static bool has_extra(const Call& call) { return call.extra_ != nullptr; }
  /// Whether it is an OutgoingCall.
  static bool outgoing(const Call& call) { return has(call, CallFlag::outgoing); }
  static bool has(const Call& call, std::uint8_t flag) { return (call.flags_ & flag) != 0; }
  static void set(Call& call, std::uint8_t flag, bool on) {
    call.flags_ = static_cast<std::uint8_t>(on ? call.flags_ | flag : call.flags_ & ~flag);
  }
};

/// A call that begins here: it came over the wire, or a program makes it.
class RootCall final : public Call {
 public:
  explicit RootCall(Deadline deadline) : Call(root_data_, own_scope_, deadline, {}) {}

  Root& data() { return root_data_; }
  void set_caller(std::string caller) {
    root_data_.caller = std::move(caller);
    caller_ = root_data_.caller;
  }
  void cancel() { own_scope_.cancel(); }

 private:
  Root root_data_;
  Scope own_scope_;
};

/// The same call on another fiber, with a scope that may be cancelled before its parent's.
class BranchCall final : public Call {
 public:
  BranchCall(const Call& parent, Scope& scope);
};

constexpr int hops_max = 64;

/// The numbers of MethodOptions::Priority as MethodInfo has them: who goes first when there is more work than can be done.
struct Priority {
  static constexpr int critical = 0;
  static constexpr int normal = 1;
  static constexpr int sheddable = 2;
  static constexpr std::size_t count = 3;
};
/// What a call counts as: who says that it may be shed is believed first, then who says that it must not. So what is dear to
/// a caller is dear all the way down, but for what the contracts say one can do without.
constexpr int joint_priority(int callers, int contracts) {
  if (std::max(callers, contracts) >= Priority::sheddable) return Priority::sheddable;
  return std::min(callers, contracts);
}

/// The smaller of the caller's deadline and the method's own timeout from `now`.
Deadline child_deadline(Deadline caller, const MethodInfo& method, env::Time now);

}  // namespace internal
}  // namespace holon
