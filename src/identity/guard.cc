#include "identity/guard.h"

#include <algorithm>
#include <utility>

#include "fiber/call.h"
#include "telemetry/refusals.h"

namespace holon::identity {
namespace {

constexpr std::size_t passes_max = 64;
// A host tells its node at once which processes it has started, and the node all hosts.
constexpr std::chrono::seconds known_within{1};
constexpr const char* rule_name = "permission_denied";

env::Time now() { return fiber::Loop::current()->now(); }

}  // namespace

void Guard::set(Policy policy) {
  std::vector<std::shared_ptr<Waiting>> waiting;
  {
    std::lock_guard lock(mutex_);
    narrows_.store(policy.narrows(), std::memory_order_relaxed);
    policy_ = std::make_shared<const Policy>(std::move(policy));
    version_.fetch_add(1, std::memory_order_release);
    waiting.swap(waiting_);
  }
  for (const auto& each : waiting) each->loop.post([each] { each->waiter.wake(); });
}

std::shared_ptr<const Policy> Guard::policy() const {
  std::lock_guard lock(mutex_);
  return policy_;
}

Result<void> Guard::wait(Call& call, std::uint64_t version, env::Time until) {
  auto waiting = std::make_shared<Waiting>(*fiber::Loop::current());
  {
    std::lock_guard lock(mutex_);
    if (version_.load(std::memory_order_relaxed) != version) return {};
    waiting_.push_back(waiting);
  }
  (void)waiting->waiter.wait(std::min(until, call.deadline()), &internal::CallAccess::scope(call));
  std::lock_guard lock(mutex_);
  std::erase(waiting_, waiting);
  return call.check();
}

Result<void> Guard::may_call(std::string_view caller, std::string_view method) const {
  Result<void> may = policy()->may_call(caller, method);
  if (!may.ok()) telemetry::refused(rule_name, may.error().message(), now());
  return may;
}

std::optional<Result<void>> Visitor::look(std::string_view caller, const std::string_view& method) {
  const std::uint64_t version = guard_.version();
  if (version == 0) return Result<void>();
  if (std::exchange(version_, version) != version) passes_.clear();
  for (const Pass& pass : passes_) {
    if (pass.method == &method && pass.caller == caller) return Result<void>();
  }
  const Policy::Decision decision = guard_.policy()->decide(proof_, caller, method);
  if (decision.verdict == Policy::Verdict::unsettled) return {};
  if (decision.verdict == Policy::Verdict::refused) return refused(decision.why, method, now());
  if (passes_.size() < passes_max) passes_.push_back({&method, std::string(caller)});
  return Result<void>();
}

Result<void> Visitor::settle(Call& call, std::string_view method) const {
  const env::Time until = now() + known_within;
  for (;;) {
    const std::uint64_t version = guard_.version();
    const Policy::Decision decision = guard_.policy()->decide(proof_, call.caller(), method);
    if (decision.verdict == Policy::Verdict::allowed) return {};
    if (decision.verdict == Policy::Verdict::refused || now() >= until) return refused(decision.why, method, now());
    HOLON_TRY(guard_.wait(call, version, until));
  }
}

Error Visitor::refused(const std::string& why, std::string_view method, env::Time now) const {
  const std::string who = proof_.certified      ? (proof_.names.empty() ? "a certificate without names" : proof_.names.front())
                          : proof_.process != 0 ? "process " + std::to_string(proof_.process)
                                                : "somebody";
  telemetry::refused(rule_name, who + " called " + std::string(method) + ": " + why, now);
  return permission_denied(std::string(method) + " was refused: " + why);
}

}  // namespace holon::identity
