#include "fiber/call.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "env/cycles.h"

namespace holon {
namespace {

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

void append_hex(std::string& out, std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += digits[(value >> shift) & 15];
}

bool passed(Deadline deadline) {
  return deadline != Deadline::max() && deadline <= env::time_of_cycles(env::cycles());
}

Error end_of(fiber::Wake how) {
  return how == fiber::Wake::cancelled ? cancelled("the caller has gone")
                                       : deadline_exceeded("the deadline passed while waiting");
}

}  // namespace

std::string_view Metadata::get(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.first == name) return entry.second;
  }
  return {};
}

bool Metadata::has(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.first == name; });
}

void Metadata::add(std::string_view name, std::string value) { entries_.emplace_back(lower(name), std::move(value)); }

void Metadata::set(std::string_view name, std::string value) {
  std::string key = lower(name);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.first == key; });
  entries_.emplace_back(std::move(key), std::move(value));
}

std::string Metadata::take(std::string_view name) {
  std::string first(get(name));
  std::erase_if(entries_, [&](const Entry& entry) { return entry.first == name; });
  return first;
}

std::string TraceContext::trace_id() const {
  std::string out;
  append_hex(out, trace_high);
  append_hex(out, trace_low);
  return out;
}

std::string TraceContext::span_id() const {
  std::string out;
  append_hex(out, span);
  return out;
}

std::string TraceContext::traceparent() const {
  std::string out = "00-";
  append_hex(out, trace_high);
  append_hex(out, trace_low);
  out += '-';
  append_hex(out, span);
  out += sampled ? "-01" : "-00";
  return out;
}

bool Call::cancelled() const { return scope_->cancelled() || passed(deadline_); }

Result<void> Call::check() const {
  if (scope_->cancelled()) return holon::cancelled("the caller has gone");
  if (passed(deadline_)) return deadline_exceeded("the deadline passed");
  return {};
}

const Claims& Call::claims() const { return root_->claims; }

std::string_view Call::method() const { return method_ != nullptr ? method_->name : std::string_view(); }

Call::Extra& Call::extra() const {
  if (extra_ == nullptr) extra_ = new Extra;
  return *extra_;
}

void Call::drop_extra() { delete extra_; }

const Metadata& Call::metadata() const {
  static const Metadata none;
  return extra_ != nullptr ? extra_->metadata : none;
}

Metadata& Call::response_metadata() { return extra().response_metadata; }
Metadata& Call::response_trailers() { return extra().response_trailers; }

void Call::compress(bool compress) {
  internal::CallAccess::set(*this, internal::CallFlag::may_compress, true);
  internal::CallAccess::set(*this, internal::CallFlag::compress, compress);
}

bool Call::request_compressed() const { return internal::CallAccess::has(*this, internal::CallFlag::came_compressed); }

const TraceContext& Call::trace() const {
  if (trace_.span == 0) {
    trace_ = root_->trace;
    env::Environment& environment = fiber::Loop::current()->environment();
    while (trace_.trace_low == 0) {  // a trace begins here
      root_->trace.trace_high = environment.random();
      root_->trace.trace_low = environment.random();
      trace_ = root_->trace;
    }
    do {
      trace_.span = environment.random();
    } while (trace_.span == 0);
  }
  return trace_;
}

namespace internal {

void CallAccess::set_metadata(Call& call, Metadata metadata) { call.extra().metadata = std::move(metadata); }

BranchCall::BranchCall(const Call& parent, Scope& scope)
    : Call(CallAccess::root(parent), scope, parent.deadline(), parent.caller()) {
  method_ = CallAccess::method(parent);
  hops_ = static_cast<std::uint8_t>(parent.hops());
  priority_ = static_cast<std::uint8_t>(CallAccess::priority(parent));
}

Deadline child_deadline(Deadline caller, const MethodInfo& method, env::Time now) {
  if (method.timeout_ns == 0) return caller;
  return std::min(caller, now + std::chrono::nanoseconds(method.timeout_ns));
}

}  // namespace internal

namespace fiber {

Result<void> wait(Waiter& waiter, const Call& call) {
  Wake how = waiter.wait(call.deadline(), &internal::CallAccess::scope(call));
  if (how == Wake::woken) return {};
  return end_of(how);
}

}  // namespace fiber

Result<void> sleep(Call& call, std::chrono::nanoseconds duration) {
  fiber::Waiter waiter;
  env::Time until = fiber::Loop::current()->environment().now() + duration;
  fiber::Wake how = waiter.wait(std::min(until, call.deadline()), &internal::CallAccess::scope(call));
  if (how == fiber::Wake::cancelled || until > call.deadline()) return end_of(how);
  return {};
}

}  // namespace holon
