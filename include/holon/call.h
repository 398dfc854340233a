// Call: one invocation of a method, with how long it may take, who asked, and the trace it belongs to.
//
//   holon::Result<Order> PlaceOrder(holon::Call& call, const PlaceOrderRequest& request) override {
//     Cart cart = TRY(cart_->GetCart(call, cart_of(request)));  // inherits deadline, cancellation and trace
//     if (call.cancelled()) return holon::cancelled("nobody waits any more");
//     …
//   }
//
// A function that may suspend takes a `Call&`: it says how long one may wait. A Call belongs to the fiber it was given to;
// a branch of a TaskGroup has its own. It is never copied and never outlives the function it was passed to.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "holon/claims.h"
#include "holon/result.h"

namespace holon {

namespace internal {
struct MethodInfo;
struct CallAccess;
class Scope;
}  // namespace internal

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

/// Lower-case names with their values, in order; a name may repeat. Values of names that end in `-bin` are raw bytes.
class Metadata {
 public:
  using Entry = std::pair<std::string, std::string>;

  /// The first value of `name`, or empty.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  /// Adds one more value. `name` is lower-cased.
  void add(std::string_view name, std::string value);
  /// Replaces all values of `name` by this one.
  void set(std::string_view name, std::string value);
  /// Takes all values of `name` away and gives the first, or empty.
  std::string take(std::string_view name);

  bool empty() const { return entries_.empty(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<Entry> entries_;
};

/// W3C trace context (https://www.w3.org/TR/trace-context/) of a call.
struct TraceContext {
  std::uint64_t trace_high = 0;  ///< the upper half of the trace id
  std::uint64_t trace_low = 0;   ///< the lower half; both 0 means there is no trace
  std::uint64_t span = 0;        ///< the span of this call, parent of the calls it makes
  bool sampled = false;

  /// 32 lower-case hex digits.
  std::string trace_id() const;
  /// 16 lower-case hex digits.
  std::string span_id() const;
  /// "00-<trace id>-<span id>-01"
  std::string traceparent() const;
};

class Call {
 public:
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /// When the answer is no longer wanted; `Deadline::max()` if never.
  Deadline deadline() const { return deadline_; }
  /// Whether the caller has gone, or the deadline passed. Long computations ask now and then.
  bool cancelled() const;
  /// An error if cancelled(): CANCELLED or DEADLINE_EXCEEDED.
  Result<void> check() const;

  /// The service that calls, by its contract's full name ("shop.Checkout"), or "" when it came from outside.
  std::string_view caller() const { return caller_; }
  /// The method that is called, "shop.Cart/GetCart".
  std::string_view method() const;
  /// What the gateway has verified about who asks from outside, the same for all calls below its request; empty if nothing.
  const Claims& claims() const;
  /// How many calls lie between the outside and this one.
  int hops() const { return hops_; }

  /// What the caller sent beside the request. Only what it sent to this very call: nothing leaks through.
  const Metadata& metadata() const;
  /// What goes back before the reply (gRPC headers; HTTP headers through the gateway), until the first message is sent.
  Metadata& response_metadata();
  /// What goes back after the reply (gRPC trailers).
  Metadata& response_trailers();

  /// From here on the messages that go back are compressed (gzip) if the caller accepts that and it makes them smaller; with
  /// false they are not. To be said for the first time before the first of them. On its way within a process nothing is
  /// compressed.
  void compress(bool compress = true);
  /// Whether the request that was read last came compressed.
  bool request_compressed() const;

  /// The trace this call belongs to, with this call's own span.
  const TraceContext& trace() const;

 protected:
  friend struct internal::CallAccess;

  struct Extra;  ///< what few calls are asked for: metadata, both ways; made on first use
  struct Root;   ///< what all calls below one root share

  Call(Root& root, internal::Scope& scope, Deadline deadline, std::string_view caller)
      : scope_(&scope), root_(&root), deadline_(deadline), caller_(caller) {}
  ~Call() {
    if (extra_ != nullptr) drop_extra();
  }

  Extra& extra() const;
  void drop_extra();

  const internal::MethodInfo* method_ = nullptr;
  internal::Scope* scope_;  ///< what cancels it; local calls on one fiber share it
  Root* root_;
  Deadline deadline_;
  std::string_view caller_;
  mutable Extra* extra_ = nullptr;
  mutable TraceContext trace_;  ///< filled when somebody asks: span 0 until then
  std::uint8_t hops_ = 0;
  std::uint8_t priority_ = 1;
  std::uint8_t flags_ = 0;  ///< what few calls are or ask for: internal::CallFlag
};

}  // namespace holon
