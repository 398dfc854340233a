// Outbound: one call on its way out of this process: how long it may take, what its headers say, and how it is counted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/pool.h"
#include "client/reception.h"
#include "faults/faults.h"
#include "fiber/call.h"
#include "holon/call.h"
#include "holon/generated.h"

namespace holon::client {

class Outbound {
 public:
  /// All of them outlive it.
  Outbound(Pool& pool, const internal::Binding& binding, Call& call, unsigned method);

  /// Whether it may begin: neither cancelled, nor late, nor too deep.
  Result<void> admit() const;
  /// Meets the faults that are set, before each attempt; suspends if they hold it up. The error is what it ends with.
  Result<void> meet_faults();
  /// What becomes of an attempt beside another, which nothing here holds up.
  faults::Fate foresee_faults() const;
  /// What the caller gets in place of an answer that a fault lost; nothing if none did.
  std::optional<Error> lost_answer() const;
  /// What its endpoint is chosen by, if the contract says that: a field of `request`. Before `route`.
  void balance_by(const google::protobuf::MessageLite& request);
  /// A way to an endpoint; suspends as Pool::route does.
  Result<Route> route(const Peer* elsewhere_than = nullptr);
  /// The same without waiting, to another endpoint; nothing if there is none.
  std::optional<Route> route_now(const Peer& elsewhere_than);
  /// Opens a stream there with the call's headers. False if the connection has none to spare: nothing was sent.
  bool open(Reception& reception, const Route& route, int earlier_attempts = 0);
  /// The message as it goes on the wire.
  Result<std::string> framed(const google::protobuf::MessageLite& message) const;
  /// Reads a message that came.
  Result<void> parse(std::string_view bytes, google::protobuf::MessageLite& into) const;
  /// Counts the call, which ended so.
  Code count(Code code) const;
  /// Gives an OutgoingCall what came beside the replies so far.
  void give_metadata(const Reception& reception) const;
  /// What it comes to when it has waited for an answer in vain.
  static Error ended_by(fiber::Wake how);

  Pool& pool() const { return pool_; }
  const internal::MethodInfo& method() const { return method_; }
  std::string_view service() const { return binding_.callee->name; }
  std::uint32_t edge() const { return edge_; }
  Deadline deadline() const { return deadline_; }
  internal::Scope& scope() const { return internal::CallAccess::scope(call_); }
  std::size_t message_bytes_max() const { return pool_.limits().message_bytes_max; }

 private:
  bool may_meet_faults() const { return binding_.faults != nullptr && binding_.faults->any(); }
  faults::Subject subject() const;
  Patience patience(const Peer* elsewhere_than) const;
  wire::Encoding encoding(std::uint8_t flag) const;
  const Metadata& metadata();

  Pool& pool_;
  const internal::Binding& binding_;
  const internal::MethodInfo& method_;
  Call& call_;
  std::uint64_t started_;  ///< cycles
  std::uint32_t edge_;
  Deadline deadline_;
  std::optional<std::uint64_t> key_;
  Metadata metadata_;  ///< what the headers view
  faults::Ordeal ordeal_;  ///< of the attempt under way
};

/// What the end of an attempt says of the endpoint that it went to.
Outcome outcome_of(Code code, const Reception& reception);

}  // namespace holon::client
