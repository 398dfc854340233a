// Guard: stands at the door of a host, and between its services, and lets through what the policy allows.
//
//   identity::Visitor visitor(guard, proof);                    // of a connection
//   if (auto verdict = visitor.look(caller, method)) …          // at the head of a call: allowed, or PERMISSION_DENIED
//   else TRY(visitor.settle(call, caller, method));             // on its fiber: once its process is known
//
// Before a node has told a policy everything is allowed: a program that runs alone knows of no other host.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fiber/waiter.h"
#include "holon/call.h"
#include "identity/policy.h"

namespace holon::identity {

/// Any thread.
class Guard {
 public:
  /// This holds from here on.
  void set(Policy policy);

  /// Whether a call within this process may be refused.
  bool narrows() const { return narrows_.load(std::memory_order_relaxed); }
  /// May this service of this process call a neighbour's method? PERMISSION_DENIED with the remedy; it is logged and counted.
  Result<void> may_call(std::string_view caller, std::string_view method) const;

 private:
  friend class Visitor;
  struct Waiting {
    fiber::Loop& loop;
    fiber::Waiter waiter;
  };

  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  std::shared_ptr<const Policy> policy() const;
  /// Until there is another policy than of this version. The error is the call's own end.
  Result<void> wait(Call& call, std::uint64_t version, env::Time until);

  std::atomic<std::uint64_t> version_{0};  ///< 0: none was told yet
  std::atomic<bool> narrows_{false};
  mutable std::mutex mutex_;  ///< never held over a suspension
  std::shared_ptr<const Policy> policy_ = std::make_shared<const Policy>();
  std::vector<std::shared_ptr<Waiting>> waiting_;
};

/// The other side of one connection.
class Visitor {
 public:
  /// @param guard  outlives this
  Visitor(Guard& guard, Proof proof) : guard_(guard), proof_(std::move(proof)) {}

  /// Whether it may call this; nothing if that is not known yet. On the connection's loop. What was allowed once is found
  /// again without asking the policy, as long as that is the same.
  /// @param method  lives as long as the process
  std::optional<Result<void>> look(std::string_view caller, const std::string_view& method);
  /// Waits for a moment until the process is known, which has just been started, and may call. Any loop.
  Result<void> settle(Call& call, std::string_view method) const;

 private:
  struct Pass {
    const std::string_view* method;
    std::string caller;
  };
  Error refused(const std::string& why, std::string_view method, env::Time now) const;

  Guard& guard_;
  const Proof proof_;
  std::uint64_t version_ = 0;  ///< of the policy that gave the passes
  std::vector<Pass> passes_;   ///< a few: a client calls few methods
};

}  // namespace holon::identity
