// Local calls: what a virtual call needs to keep the promises of a remote one.

#include <exception>

#include "env/cycles.h"
#include "faults/faults.h"
#include "fiber/call.h"
#include "holon/generated.h"
#include "identity/guard.h"
#include "telemetry/metrics.h"
#include "wire/metadata.h"

namespace holon::internal {
namespace {

constexpr std::size_t stack_needed_bytes = 32 << 10;

/// What of `from` would go over the wire.
Metadata carried(const Metadata& from) {
  Metadata metadata;
  for (const auto& [name, value] : from) {
    if (wire::is_carried(name, value)) metadata.add(name, value);
  }
  return metadata;
}

}  // namespace

LocalCall::LocalCall(Call& parent, const Binding& binding, unsigned method)
    : Call(CallAccess::root(parent), CallAccess::scope(parent), parent.deadline(), binding.caller),
      started_(env::cycles()),
      edge_(binding.first_edge + method) {
  method_ = &binding.callee->methods[method];
  hops_ = static_cast<std::uint8_t>(parent.hops() + 1);
  priority_ = static_cast<std::uint8_t>(joint_priority(CallAccess::priority(parent), method_->priority));
  needs_stack_ = fiber::stack_left() < stack_needed_bytes;
  if (binding.faults != nullptr && binding.faults->any()) [[unlikely]] faults_ = binding.faults;
  if (__builtin_expect(CallAccess::outgoing(parent), 0)) accompany(parent);
  if (binding.guard != nullptr && binding.guard->narrows()) [[unlikely]] ask(*binding.guard);
  if (denied_ != nullptr) [[unlikely]] {
    verdict_ = Code::permission_denied;
  } else if (scope_->cancelled()) {
    verdict_ = Code::cancelled;
  } else if (hops_ > hops_max) {
    verdict_ = Code::resource_exhausted;
  } else if (deadline_ != Deadline::max() || method_->timeout_ns != 0) {
    env::Time now = env::time_of_cycles(started_);
    deadline_ = child_deadline(deadline_, *method_, now);
    if (deadline_ <= now) verdict_ = Code::deadline_exceeded;
  }
}

void LocalCall::ask(const identity::Guard& guard) {
  const Result<void> may = guard.may_call(caller_, method_->name);
  if (!may.ok()) denied_ = std::make_shared<const Error>(may.error());
}

void LocalCall::accompany(Call& outgoing) {
  outgoing_call_ = &outgoing;
  Metadata metadata = carried(outgoing.metadata());
  for (std::string_view name : wire::context_names) metadata.take(name);
  CallAccess::set_metadata(*this, std::move(metadata));
  CallAccess::forget_response(outgoing);
}

void LocalCall::give_metadata() {
  if (outgoing_call_ != nullptr) outgoing_call_->response_metadata() = carried(response_metadata());
}

void LocalCall::give_trailers() {
  outgoing_call_->response_metadata() = carried(response_metadata());
  outgoing_call_->response_trailers() = carried(response_trailers());
}

bool LocalCall::survives_faults() {
  const faults::Subject subject{caller_, method_->name, metadata(), root_->baggage};
  const faults::Ordeal ordeal = faults_->meet(subject, edge_, deadline_, *scope_);
  if (!ordeal.hit()) return true;
  fault_ = ordeal.fault;
  answer_lost_ = ordeal.answer_lost;
  verdict_ = ordeal.code;
  return verdict_ == Code::ok;
}

Error LocalCall::refusal() const {
  if (fault_ != 0) return faults::Ordeal{fault_, verdict_, answer_lost_}.error();
  if (denied_ != nullptr) return *denied_;
  switch (verdict_) {
    case Code::cancelled:
      return holon::cancelled("the caller has gone");
    case Code::resource_exhausted:
      return resource_exhausted("the call is " + std::to_string(hops_max) +
                                " calls deep: do services call each other in a circle?");
    default:
      return deadline_exceeded("the deadline passed in " + std::string(method_->name));
  }
}

bool LocalCall::finish(Code result) {
  std::uint64_t ended = env::cycles();
  if (verdict_ == Code::ok) {
    if (scope_->cancelled()) {
      verdict_ = Code::cancelled;
    } else if (deadline_ != Deadline::max() && deadline_ <= env::time_of_cycles(ended)) {
      verdict_ = Code::deadline_exceeded;
    } else if (__builtin_expect(answer_lost_, 0)) {
      verdict_ = Code::unavailable;
    }
  }
  if (__builtin_expect(outgoing_call_ != nullptr, 0)) give_trailers();
  std::int64_t ns = env::cycles_to_ns(ended - started_);
  telemetry::record(edge_, verdict_ == Code::ok ? result : verdict_, ns > 0 ? static_cast<std::uint64_t>(ns) : 0);
  return verdict_ == Code::ok;
}

void on_fresh_stack(void (*body)(void*), void* argument) {
  fiber::Waiter done;
  std::exception_ptr thrown;
  fiber::Loop& loop = *fiber::Loop::current();
  const std::string_view* method = loop.progress().method.load(std::memory_order_relaxed);
  Scope* branch = loop.branch();
  loop.spawn([&] {
    loop.name_running(method);
    loop.enter_branch(branch);
    try {
      body(argument);
    } catch (...) {
      thrown = std::current_exception();
    }
    done.wake();
  });
  done.wait();  // bounded by the call that the body runs
  if (thrown != nullptr) std::rethrow_exception(thrown);
}

Error error_of_current_exception() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return internal_error(std::string("the handler threw: ") + exception.what());
  } catch (...) {
    return internal_error("the handler threw something that is no std::exception");
  }
}

}  // namespace holon::internal
