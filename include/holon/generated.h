// What generated code stands on. Not for users: `protoc-gen-holon` writes against it, holon's own rooms fill it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "holon/call.h"
#include "holon/result.h"
#include "holon/service.h"
#include "holon/stream.h"

namespace google::protobuf {
class FileDescriptor;
class Message;
class MessageLite;
}  // namespace google::protobuf

namespace holon::faults {
class Faults;
}
namespace holon::identity {
class Guard;
}

namespace holon::internal {

/// The server's end of one call, whatever carries it: the thunk reads the request from it and writes replies to it.
class Exchange : public Source, public Sink {};

enum class Kind : std::uint8_t { unary, server_stream, client_stream, bidi_stream };
constexpr bool streams_requests(Kind kind) { return kind == Kind::client_stream || kind == Kind::bidi_stream; }
constexpr bool streams_replies(Kind kind) { return kind == Kind::server_stream || kind == Kind::bidi_stream; }

constexpr std::size_t field_path_max = 4;
using FieldPath = std::array<std::int32_t, field_path_max>;

/// What a contract says of how often a method is attempted.
struct AttemptRules {
  std::uint32_t attempts_max = 0;   ///< 0: it does not say
  std::int32_t hedges_max = -1;     ///< -1: it does not say
  std::int64_t hedge_after_ns = 0;  ///< 0: it does not say
};

/// One method, as its contract has it. Lives as long as the process.
struct MethodInfo {
  std::string_view name;  ///< "shop.Cart/GetCart"; the gRPC path is "/" before it
  Kind kind;
  bool idempotent;
  std::uint8_t priority;     ///< 0 critical, 1 default, 2 sheddable
  std::int64_t timeout_ns;   ///< 0: the caller's deadline alone
  /// Parses the request, runs the handler, and writes what it returns. `service` is the contract's Service.
  Result<void> (*serve)(Service& service, Call& call, Exchange& exchange);
  const google::protobuf::Message& (*request)();  ///< the default instance
  const google::protobuf::Message& (*reply)();
  /// The field of the request that callers balance by, as field numbers from the request down; 0 after the last. All 0: none.
  FieldPath balance_by = {};
  AttemptRules attempts = {};
};

/// A comment of a contract, and the full name of what it is on: "shop.Cart", "shop.Cart.GetCart", "shop.Contents.items".
struct Comment {
  std::string_view name;
  std::string_view text;
};

/// One contract service. Lives as long as the process.
struct ServiceInfo {
  std::string_view name;  ///< "shop.Cart"
  std::span<const MethodInfo> methods;
  const google::protobuf::FileDescriptor* (*file)();
  std::span<const Comment> comments = {};  ///< on it and on all that its methods take and give
  std::uint8_t balance = 0;  ///< how callers choose between replicas, as ServiceOptions.Balance numbers it
};

/// A call's way out of this fiber: to another process, or, in strict mode, to a neighbour by way of bytes.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual Result<void> unary(Call& call, unsigned method, const google::protobuf::MessageLite& request,
                             google::protobuf::MessageLite& reply) const = 0;
  /// Opens a stream of any kind, a server stream too: its one request is written, and ended. Never null: what keeps it
  /// from being opened is what `read` and `write` give.
  virtual std::unique_ptr<Duplex> open(Call& call, unsigned method) const = 0;
};

/// What a Ref is bound to; `app` fills it once all services of the host are constructed, before any call.
struct Binding {
  const ServiceInfo* callee = nullptr;
  std::string_view caller;           ///< the calling service's full name
  Service* local = nullptr;          ///< a neighbour, or null: then `channel` carries the call
  const Channel* channel = nullptr;
  std::uint32_t first_edge = 0;      ///< telemetry's number for caller → method 0; method n is n further
  faults::Faults* faults = nullptr;  ///< what its calls meet on their way, or null: nothing ever
  const identity::Guard* guard = nullptr;  ///< who may call what, or null: everybody everything
};

/// The callee's end of a local call: a child of the caller's Call on its stack. It inherits the smaller deadline, the
/// cancellation and the trace; it is counted and timed.
class LocalCall final : public Call {
 public:
  LocalCall(Call& parent, const Binding& binding, unsigned method);

  /// Whether the call may go ahead: not cancelled, not late, not too deep. Once: it meets the faults that are set, and suspends
  /// if they hold it up.
  bool admitted() { return verdict_ == Code::ok && (__builtin_expect(faults_ == nullptr, 1) || survives_faults()); }
  /// Why not.
  Error refusal() const;
  /// Fewer than 32 KiB of stack are left: the callee gets a fiber of its own.
  bool needs_stack() const { return needs_stack_; }
  /// Counts the call. False if it ended late or cancelled, or its answer is lost: then refusal() is the caller's answer.
  bool finish(Code result);

  /// Takes over what `outgoing` sends beside the request; it gets what comes beside the reply.
  void accompany(Call& outgoing);
  /// The caller gets the response metadata now: a message goes before the end.
  void give_metadata();

 private:
  void give_trailers();
  bool survives_faults();
  void ask(const identity::Guard& guard);

  std::uint64_t started_;  ///< cycles
  Call* outgoing_call_ = nullptr;  ///< the caller's OutgoingCall, if it uses one
  faults::Faults* faults_ = nullptr;  ///< those it has to meet; mostly there are none
  std::uint32_t edge_;
  std::uint32_t fault_ = 0;        ///< the one that hit it; 0: none
  bool answer_lost_ = false;       ///< by that
  std::shared_ptr<const Error> denied_;  ///< why it may not be made; mostly null
  Code verdict_ = Code::ok;
  bool needs_stack_ = false;
};

/// Runs `body` on a fiber of its own while the caller's waits; exceptions pass through.
void on_fresh_stack(void (*body)(void*), void* argument);

/// The Error of the exception being handled: INTERNAL, with its what().
Error error_of_current_exception();

/// Opens a stream of any kind, to a neighbour (its handler runs on a fiber of its own) or through the channel.
std::unique_ptr<Duplex> open_stream(const Binding& binding, Call& call, unsigned method);
/// A server stream: its request is sent.
std::unique_ptr<Source> open_server_stream(const Binding& binding, Call& call, unsigned method,
                                           const google::protobuf::MessageLite& request);

// ---- what a generated client calls ------------------------------------------------------------------------------------

template <class S, auto Method, class Request, class Reply>
Result<Reply> run_local(const Binding& binding, LocalCall& call, const Request& request) {
  try {
    if (__builtin_expect(!call.needs_stack(), 1)) return (static_cast<S*>(binding.local)->*Method)(call, request);
    struct Frame {
      S* service;
      LocalCall& call;
      const Request& request;
      std::optional<Result<Reply>> result;
    } frame{static_cast<S*>(binding.local), call, request, {}};
    on_fresh_stack(
        [](void* argument) {
          Frame& f = *static_cast<Frame*>(argument);
          f.result.emplace((f.service->*Method)(f.call, f.request));
        },
        &frame);
    return std::move(*frame.result);
  } catch (...) {
    return error_of_current_exception();
  }
}

template <class S, auto Method, class Request, class Reply>
Result<Reply> call_unary(const Binding& binding, Call& call, unsigned method, const Request& request) {
  if (__builtin_expect(binding.local != nullptr, 1)) {
    LocalCall child(call, binding, method);
    Result<Reply> result = __builtin_expect(child.admitted(), 1)
                               ? run_local<S, Method, Request, Reply>(binding, child, request)
                               : Result<Reply>(child.refusal());
    if (__builtin_expect(!child.finish(result.code()), 0)) result = child.refusal();
    return result;
  }
  Result<Reply> result = Reply();
  if (Result<void> sent = binding.channel->unary(call, method, request, *result); !sent.ok()) result = sent.error();
  return result;
}

template <class Request, class Reply>
Reader<Reply> call_server_stream(const Binding& binding, Call& call, unsigned method, const Request& request) {
  return Reader<Reply>(open_server_stream(binding, call, method, request));
}

template <class Request, class Reply>
ClientStream<Request, Reply> call_client_stream(const Binding& binding, Call& call, unsigned method) {
  return ClientStream<Request, Reply>(open_stream(binding, call, method));
}

template <class Request, class Reply>
BidiStream<Request, Reply> call_bidi_stream(const Binding& binding, Call& call, unsigned method) {
  return BidiStream<Request, Reply>(open_stream(binding, call, method));
}

// ---- what a generated method table calls ------------------------------------------------------------------------------

/// Reads a single request. UNIMPLEMENTED without one, as gRPC's list of status codes has it.
Result<void> read_request(Source& source, google::protobuf::MessageLite& request);

template <class S, auto Method, class Request>
Result<void> serve_unary(Service& service, Call& call, Exchange& exchange) {
  Request request;
  HOLON_TRY(read_request(exchange, request));
  auto reply = (static_cast<S&>(service).*Method)(call, request);
  if (!reply.ok()) return reply.error();
  return exchange.write(*reply);
}

template <class S, auto Method, class Request, class Reply>
Result<void> serve_server_stream(Service& service, Call& call, Exchange& exchange) {
  Request request;
  HOLON_TRY(read_request(exchange, request));
  Writer<Reply> writer(exchange);
  return (static_cast<S&>(service).*Method)(call, request, writer);
}

template <class S, auto Method, class Request>
Result<void> serve_client_stream(Service& service, Call& call, Exchange& exchange) {
  Reader<Request> reader(exchange);
  auto reply = (static_cast<S&>(service).*Method)(call, reader);
  if (!reply.ok()) return reply.error();
  return exchange.write(*reply);
}

template <class S, auto Method, class Request, class Reply>
Result<void> serve_bidi_stream(Service& service, Call& call, Exchange& exchange) {
  Reader<Request> reader(exchange);
  Writer<Reply> writer(exchange);
  return (static_cast<S&>(service).*Method)(call, reader, writer);
}

}  // namespace holon::internal
