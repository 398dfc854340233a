#include "client/outbound.h"

#include <google/protobuf/message_lite.h>

#include <algorithm>

#include "client/message_key.h"
#include "env/cycles.h"
#include "fiber/call.h"
#include "telemetry/metrics.h"
#include "wire/grpc.h"
#include "wire/metadata.h"

namespace holon::client {

using google::protobuf::MessageLite;
using internal::CallAccess;
using internal::CallFlag;

Outbound::Outbound(Pool& pool, const internal::Binding& binding, Call& call, unsigned method)
    : pool_(pool),
      binding_(binding),
      method_(binding.callee->methods[method]),
      call_(call),
      started_(env::cycles()),
      edge_(binding.first_edge + method),
      deadline_(internal::child_deadline(call.deadline(), method_, env::time_of_cycles(started_))) {
  if (CallAccess::outgoing(call)) CallAccess::forget_response(call);
}

Result<void> Outbound::admit() const {
  if (call_.hops() + 1 > internal::hops_max) {
    return resource_exhausted("the call is " + std::to_string(internal::hops_max) + " calls deep: do services call each "
                              "other in a circle?");
  }
  if (scope().cancelled()) return cancelled("the caller has gone");
  // The callee asks too. A process that knows nothing of holon does not.
  const identity::Guard* guard = binding_.guard;
  if (guard != nullptr && guard->narrows()) [[unlikely]] HOLON_TRY(guard->may_call(binding_.caller, method_.name));
  if (deadline_ <= env::time_of_cycles(started_)) return deadline_exceeded("the deadline had passed before the call");
  return {};
}

Result<void> Outbound::meet_faults() {
  ordeal_ = {};
  if (!may_meet_faults()) [[likely]] return {};
  ordeal_ = binding_.faults->meet(subject(), edge_, deadline_, scope());
  if (ordeal_.code != Code::ok) return ordeal_.error();
  return {};
}

faults::Fate Outbound::foresee_faults() const {
  if (!may_meet_faults()) [[likely]] return {};
  return binding_.faults->foresee(subject(), edge_, deadline_);
}

faults::Subject Outbound::subject() const {
  static const Metadata none;
  const Metadata& sent = CallAccess::outgoing(call_) ? call_.metadata() : none;
  return {binding_.caller, method_.name, sent, CallAccess::root(call_).baggage};
}

std::optional<Error> Outbound::lost_answer() const {
  if (ordeal_.answer_lost) [[unlikely]] return ordeal_.error();
  return std::nullopt;
}

void Outbound::balance_by(const MessageLite& request) {
  if (method_.balance_by[0] != 0) key_ = key_of(request.SerializePartialAsString(), method_.balance_by);
}

Patience Outbound::patience(const Peer* elsewhere_than) const {
  return {deadline_, scope(), CallAccess::has(call_, CallFlag::wait_for_ready), elsewhere_than,
          static_cast<Balance>(binding_.callee->balance), key_};
}

Result<Route> Outbound::route(const Peer* elsewhere_than) { return pool_.route(service(), patience(elsewhere_than)); }

std::optional<Route> Outbound::route_now(const Peer& elsewhere_than) { return pool_.route_now(service(), patience(&elsewhere_than)); }

bool Outbound::open(Reception& reception, const Route& route, int earlier_attempts) {
  if (route.far) telemetry::record_far(edge_);
  std::optional<std::chrono::nanoseconds> timeout;
  if (deadline_ != Deadline::max()) timeout = deadline_ - env::time_of_cycles(env::cycles());
  return reception.open(route.connection, pool_.writer().write({.method = method_.name,
                                                                .origin = route.connection->origin(),
                                                                .timeout = timeout,
                                                                .trace = call_.trace(),
                                                                .caller = binding_.caller,
                                                                .hops = call_.hops() + 1,
                                                                .priority = CallAccess::priority(call_),
                                                                .metadata = metadata(),
                                                                .encoding = encoding(CallFlag::may_compress),
                                                                .earlier_attempts = earlier_attempts}));
}

Result<std::string> Outbound::framed(const MessageLite& message) const {
  std::string bytes;
  HOLON_TRY(wire::append_message(bytes, message, encoding(CallFlag::compress), message_bytes_max()));
  return bytes;
}

Result<void> Outbound::parse(std::string_view bytes, MessageLite& into) const {
  if (into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return {};
  return internal_error("the answer of " + std::string(method_.name) + " is no " + into.GetTypeName());
}

Code Outbound::count(Code code) const {
  auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, env::cycles_to_ns(env::cycles() - started_)));
  telemetry::record(edge_, code, ns);
  return code;
}

void Outbound::give_metadata(const Reception& reception) const {
  if (!CallAccess::outgoing(call_)) return;
  call_.response_metadata() = reception.response_headers();
  call_.response_trailers() = reception.response_trailers();
  CallAccess::set(call_, CallFlag::came_compressed, reception.compressed());
}

Error Outbound::ended_by(fiber::Wake how) {
  return how == fiber::Wake::cancelled ? cancelled("the caller has gone")
                                       : deadline_exceeded("no answer before the deadline");
}

wire::Encoding Outbound::encoding(std::uint8_t flag) const {
  return CallAccess::has(call_, flag) ? wire::Encoding::gzip : wire::Encoding::identity;
}

/// What an OutgoingCall has, and the call's own context.
const Metadata& Outbound::metadata() {
  const CallAccess::Root& root = CallAccess::root(call_);
  bool outgoing = CallAccess::outgoing(call_);
  const std::string_view claims = root.claims.json();
  if (!outgoing && root.tracestate.empty() && root.baggage.empty() && claims.empty()) return metadata_;
  metadata_ = outgoing ? call_.metadata() : Metadata();
  for (std::string_view name : wire::context_names) metadata_.take(name);
  if (!root.tracestate.empty()) metadata_.add("tracestate", root.tracestate);
  if (!root.baggage.empty()) metadata_.add("baggage", root.baggage);
  if (!claims.empty()) metadata_.add(wire::claims_name, std::string(claims));
  return metadata_;
}

// Whoever says that the call must not be made again has seen the failure further down: it is no failure of that endpoint.
Outcome outcome_of(Code code, const Reception& reception) {
  if (reception.unseen()) return Outcome::unknown;
  const bool below = reception.push_back() && reception.push_back()->count() < 0;
  switch (code) {
    case Code::unavailable:
      return below ? Outcome::good : Outcome::absent;
    case Code::resource_exhausted:
      return reception.push_back() && !below ? Outcome::failed : Outcome::good;
    case Code::deadline_exceeded: case Code::internal: case Code::unknown: case Code::data_loss:
      return Outcome::failed;
    case Code::cancelled:
      return Outcome::unknown;
    default:
      return Outcome::good;
  }
}

}  // namespace holon::client
