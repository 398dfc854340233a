#include "client/channel.h"

#include <google/protobuf/message_lite.h>

#include <algorithm>

#include "client/reception.h"
#include "env/cycles.h"
#include "fiber/call.h"
#include "telemetry/metrics.h"
#include "wire/grpc.h"

namespace holon::client {
namespace {

using google::protobuf::MessageLite;
using internal::CallAccess;

constexpr int attempts_max = 3;

std::string framed(const MessageLite& message) {
  std::size_t size = message.ByteSizeLong();
  std::string bytes;
  bytes.reserve(size + 5);
  wire::append_prefix(bytes, size);
  bytes.resize(size + 5);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.data() + 5));
  return bytes;
}

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
        deadline_(internal::child_deadline(call.deadline(), method_, env::time_of_cycles(started_))) {}

  Result<void> admit() const {
    if (call_.hops() + 1 > internal::hops_max) {
      return resource_exhausted("the call is " + std::to_string(internal::hops_max) + " calls deep: do services call each "
                                "other in a circle?");
    }
    if (CallAccess::scope(call_).cancelled()) return cancelled("the caller has gone");
    if (deadline_ <= env::time_of_cycles(started_)) return deadline_exceeded("the deadline had passed before the call");
    return {};
  }

  /// Opens a stream that carries `message`, at whichever endpoint takes it.
  Result<void> open(const MessageLite& message, const Metadata& metadata, Reception& reception) {
    Error last = unavailable("no endpoint took the call");
    for (int i = 0; i < attempts_max; ++i) {
      std::shared_ptr<Peer> peer = HOLON_TRY(pool_.pick(call_, binding_.callee->name));
      Result<std::shared_ptr<Connection>> connection = peer->usable(call_);
      if (!connection.ok()) {
        last = connection.error();
        if (last.code() != Code::unavailable || pool_.peers(binding_.callee->name) < 2) return last;
        continue;
      }
      if (reception.open(*connection, headers(*peer, metadata), framed(message))) return {};
    }
    return last;
  }

  Code count(Code code) const {
    auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, env::cycles_to_ns(env::cycles() - started_)));
    telemetry::record(edge_, code, ns);
    return code;
  }

  Deadline deadline() const { return deadline_; }
  internal::Scope& scope() const { return CallAccess::scope(call_); }
  std::string_view name() const { return method_.name; }

 private:
  wire::Headers headers(const Peer& peer, const Metadata& metadata) {
    std::optional<std::chrono::nanoseconds> timeout;
    if (deadline_ != Deadline::max()) timeout = deadline_ - env::time_of_cycles(env::cycles());
    std::string& path = pool_.path();
    path.assign("/").append(method_.name);
    const CallAccess::Root& root = CallAccess::root(call_);
    bool plain = root.tracestate.empty() && root.baggage.empty();
    return pool_.writer().write(path, peer.authority(), timeout, call_.trace(), binding_.caller, call_.hops() + 1,
                                CallAccess::priority(call_), plain ? metadata : with_trace_state(root, metadata));
  }

  const Metadata& with_trace_state(const CallAccess::Root& root, const Metadata& metadata) {
    metadata_ = metadata;
    if (!root.tracestate.empty()) metadata_.set("tracestate", root.tracestate);
    if (!root.baggage.empty()) metadata_.set("baggage", root.baggage);
    return metadata_;
  }

  Pool& pool_;
  const internal::Binding& binding_;
  const internal::MethodInfo& method_;
  Call& call_;
  std::uint64_t started_;
  std::uint32_t edge_;
  Deadline deadline_;
  Metadata metadata_;  ///< what the headers view, when it is not the caller's own
};

const Metadata& no_metadata() {
  static const Metadata none;
  return none;
}

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
  std::optional<std::string_view> message = reception.next();
  if (!message) return internal_error(std::string(attempt.name()) + " ended well, but without an answer");
  return parse(*message, reply, attempt.name());
}

Result<void> run_unary(Attempt& attempt, const MessageLite& message, MessageLite& reply, Accompaniment* with) {
  HOLON_TRY(attempt.admit());
  for (int i = 1;; ++i) {
    Reception reception;
    HOLON_TRY(attempt.open(message, with != nullptr ? with->request : no_metadata(), reception));
    Result<void> received = receive_one(attempt, reception, reply);
    if (!received.ok() && reception.unseen() && i < attempts_max) continue;  // it never reached a handler: no retry
    if (with != nullptr) {
      with->response_headers = reception.response_headers();
      with->response_trailers = reception.response_trailers();
    }
    return received;
  }
}

class RemoteStream final : public internal::Source {
 public:
  RemoteStream(Pools& pools, const internal::Binding& binding, Call& call, unsigned method, const MessageLite& request)
      : attempt_(pools, binding, call, method), opened_(attempt_.admit()) {
    if (opened_.ok()) opened_ = attempt_.open(request, no_metadata(), reception_);
    if (!opened_.ok()) counted_ = attempt_.count(opened_.code());
  }
  ~RemoteStream() override {
    if (!counted_) attempt_.count(Code::cancelled);
  }

  Result<bool> read(MessageLite& into) override {
    HOLON_TRY(opened_);
    for (;;) {
      if (std::optional<std::string_view> message = reception_.next()) {
        HOLON_TRY(parse(*message, into, attempt_.name()));
        return true;
      }
      if (reception_.status()) return end(*reception_.status());
      fiber::Wake how = reception_.wait(attempt_.deadline(), attempt_.scope());
      if (how != fiber::Wake::woken) return end(ended_by(how));
    }
  }

 private:
  Result<bool> end(const Result<void>& status) {
    if (!counted_) counted_ = attempt_.count(status.code());
    if (status.ok()) return false;
    reception_.abandon();
    opened_ = status.error();
    return status.error();
  }

  Attempt attempt_;
  Reception reception_;
  Result<void> opened_;
  std::optional<Code> counted_;
};

}  // namespace

Result<void> Channel::unary(Call& call, unsigned method, const MessageLite& request, MessageLite& reply,
                            Accompaniment* with) const {
  Attempt attempt(pools_, binding_, call, method);
  Result<void> result = run_unary(attempt, request, reply, with);
  attempt.count(result.code());
  return result;
}

std::unique_ptr<internal::Source> Channel::server_stream(Call& call, unsigned method, const MessageLite& request) const {
  return std::make_unique<RemoteStream>(pools_, binding_, call, method, request);
}

}  // namespace holon::client
