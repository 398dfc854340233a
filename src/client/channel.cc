#include "client/channel.h"

#include <google/protobuf/message_lite.h>

#include <algorithm>

#include "client/reception.h"
#include "env/cycles.h"
#include "fiber/call.h"
#include "telemetry/metrics.h"
#include "wire/grpc.h"
#include "wire/metadata.h"

namespace holon::client {
namespace {

using google::protobuf::MessageLite;
using internal::CallAccess;
using internal::CallFlag;

constexpr int attempts_max = 3;

Error ended_by(fiber::Wake how) {
  return how == fiber::Wake::cancelled ? cancelled("the caller has gone")
                                       : deadline_exceeded("no answer before the deadline");
}

/// One call on its way: its deadline, its headers, its attempts.
class Attempt {
 public:
  Attempt(Pools& pools, const internal::Binding& binding, Call& call, unsigned method)
      : pool_(pools.here()),
        binding_(binding),
        method_(binding.callee->methods[method]),
        call_(call),
        started_(env::cycles()),
        edge_(binding.first_edge + method),
        deadline_(internal::child_deadline(call.deadline(), method_, env::time_of_cycles(started_))) {
    if (CallAccess::outgoing(call)) CallAccess::forget_response(call);
  }

  Result<void> admit() const {
    if (call_.hops() + 1 > internal::hops_max) {
      return resource_exhausted("the call is " + std::to_string(internal::hops_max) + " calls deep: do services call each "
                                "other in a circle?");
    }
    if (CallAccess::scope(call_).cancelled()) return cancelled("the caller has gone");
    if (deadline_ <= env::time_of_cycles(started_)) return deadline_exceeded("the deadline had passed before the call");
    return {};
  }

  /// Opens a stream at whichever endpoint takes it.
  Result<void> open(Reception& reception) {
    Patience patience{deadline_, scope(), CallAccess::has(call_, CallFlag::wait_for_ready)};
    std::shared_ptr<Connection> connection = HOLON_TRY(pool_.connection(binding_.callee->name, patience));
    if (reception.open(connection, headers(*connection))) return {};
    return unavailable(connection->authority() + " takes no more calls just now");
  }

  /// The message as it goes on the wire.
  Result<std::string> framed(const MessageLite& message) const {
    std::string bytes;
    HOLON_TRY(wire::append_message(bytes, message, encoding(CallFlag::compress), message_bytes_max()));
    return bytes;
  }

  Code count(Code code) const {
    auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, env::cycles_to_ns(env::cycles() - started_)));
    telemetry::record(edge_, code, ns);
    return code;
  }

  /// Gives an OutgoingCall what came beside the replies so far.
  void give_metadata(const Reception& reception) const {
    if (!CallAccess::outgoing(call_)) return;
    call_.response_metadata() = reception.response_headers();
    call_.response_trailers() = reception.response_trailers();
    CallAccess::set(call_, CallFlag::came_compressed, reception.compressed());
  }

  Deadline deadline() const { return deadline_; }
  internal::Scope& scope() const { return CallAccess::scope(call_); }
  std::string_view name() const { return method_.name; }
  std::size_t message_bytes_max() const { return pool_.limits().message_bytes_max; }

 private:
  wire::Encoding encoding(std::uint8_t flag) const {
    return CallAccess::has(call_, flag) ? wire::Encoding::gzip : wire::Encoding::identity;
  }

  wire::OutgoingHeaders headers(const Connection& connection) {
    std::optional<std::chrono::nanoseconds> timeout;
    if (deadline_ != Deadline::max()) timeout = deadline_ - env::time_of_cycles(env::cycles());
    return pool_.writer().write(method_.name, connection.origin(), timeout, call_.trace(), binding_.caller, call_.hops() + 1,
                                CallAccess::priority(call_), metadata(), encoding(CallFlag::may_compress));
  }

  /// What an OutgoingCall has, and the call's own context.
  const Metadata& metadata() {
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

  Pool& pool_;
  const internal::Binding& binding_;
  const internal::MethodInfo& method_;
  Call& call_;
  std::uint64_t started_;
  std::uint32_t edge_;
  Deadline deadline_;
  Metadata metadata_;  ///< what the headers view
};

Result<void> parse(std::string_view bytes, MessageLite& into, std::string_view method) {
  if (into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return {};
  return internal_error("the answer of " + std::string(method) + " is no " + into.GetTypeName());
}

Result<void> receive_one(Attempt& attempt, Reception& reception, MessageLite& reply) {
  while (!reception.status()) {
    fiber::Wake how = reception.wait(attempt.deadline(), attempt.scope());
    if (how != fiber::Wake::woken) return ended_by(how);
  }
  HOLON_TRY(*reception.status());
  std::optional<std::string_view> message = HOLON_TRY(reception.next());
  if (!message) return unimplemented(std::string(attempt.name()) + " ended well, but without an answer");
  HOLON_TRY(parse(*message, reply, attempt.name()));
  message = HOLON_TRY(reception.next());
  if (message) return unimplemented(std::string(attempt.name()) + " has more than one answer");
  return {};
}

Result<void> run_unary(Attempt& attempt, const MessageLite& message, MessageLite& reply) {
  HOLON_TRY(attempt.admit());
  for (int i = 1;; ++i) {
    std::string bytes = HOLON_TRY(attempt.framed(message));
    Reception reception(attempt.message_bytes_max());
    HOLON_TRY(attempt.open(reception));
    reception.send(std::move(bytes), true);
    Result<void> received = receive_one(attempt, reception, reply);
    if (!received.ok() && reception.unseen() && i < attempts_max) continue;  // it never reached a handler: no retry
    attempt.give_metadata(reception);
    return received;
  }
}

class RemoteStream final : public internal::Duplex {
 public:
  RemoteStream(Pools& pools, const internal::Binding& binding, Call& call, unsigned method)
      : attempt_(pools, binding, call, method), reception_(attempt_.message_bytes_max()) {
    Result<void> opened = attempt_.admit();
    if (opened.ok()) opened = attempt_.open(reception_);
    if (!opened.ok()) (void)fail(opened.error());
  }
  ~RemoteStream() override {
    if (!counted_) attempt_.count(Code::cancelled);
  }

  Result<void> write(const MessageLite& message) override {
    if (ended_writing_) return failed_precondition("a request was written after end_writing()");
    HOLON_TRY(going_on());
    std::string bytes = HOLON_TRY(attempt_.framed(message));
    reception_.send(std::move(bytes), false);
    while (reception_.congested()) {
      fiber::Wake how = reception_.wait_writable(attempt_.deadline(), attempt_.scope());
      if (how != fiber::Wake::woken) return waited_in_vain(how);
    }
    return going_on();
  }

  Result<void> end_writing() override {
    if (!std::exchange(ended_writing_, true)) reception_.send({}, true);
    if (failed_) return *failed_;
    return reception_.status() ? *reception_.status() : Result<void>();
  }

  Result<bool> read(MessageLite& into) override {
    for (;;) {
      Result<std::optional<std::string_view>> message = reception_.next();
      if (!message.ok()) return fail(message.error());
      if (*message) {
        attempt_.give_metadata(reception_);
        HOLON_TRY(parse(**message, into, attempt_.name()));
        return true;
      }
      if (failed_) return *failed_;
      if (reception_.status()) return end(*reception_.status());
      fiber::Wake how = reception_.wait(attempt_.deadline(), attempt_.scope());
      if (how != fiber::Wake::woken) return waited_in_vain(how);
    }
  }

 private:
  /// The call is over, or just the branch that waited: then others go on with the stream.
  Error waited_in_vain(fiber::Wake how) {
    bool over = how == fiber::Wake::late || attempt_.scope().cancelled();
    return over ? fail(ended_by(how)) : ended_by(how);
  }
  /// Whether the callee may still read.
  Result<void> going_on() const {
    if (failed_) return *failed_;
    if (!reception_.status()) return {};
    HOLON_TRY(*reception_.status());
    return cancelled("the method has ended, and reads no more");
  }
  Result<bool> end(const Result<void>& status) {
    attempt_.give_metadata(reception_);
    if (!status.ok()) return fail(status.error());
    if (!counted_) counted_ = attempt_.count(Code::ok);
    return false;
  }
  /// It is over for a reason on this side, or has ended with an error.
  Error fail(const Error& why) {
    if (!counted_) counted_ = attempt_.count(why.code());
    reception_.abandon();
    failed_ = why;
    return why;
  }

  Attempt attempt_;
  Reception reception_;
  std::optional<Error> failed_;
  std::optional<Code> counted_;
  bool ended_writing_ = false;
};

}  // namespace

Result<void> Channel::unary(Call& call, unsigned method, const MessageLite& request, MessageLite& reply) const {
  Attempt attempt(pools_, binding_, call, method);
  Result<void> result = run_unary(attempt, request, reply);
  attempt.count(result.code());
  return result;
}

std::unique_ptr<internal::Duplex> Channel::open(Call& call, unsigned method) const {
  return std::make_unique<RemoteStream>(pools_, binding_, call, method);
}

}  // namespace holon::client
