#include "client/channel.h"

#include <utility>

#include "client/outbound.h"
#include "client/unary.h"
#include "fiber/call.h"

namespace holon::client {
namespace {

using google::protobuf::MessageLite;

class RemoteStream final : public internal::Duplex {
 public:
  RemoteStream(Pool& pool, const internal::Binding& binding, Call& call, unsigned method)
      : call_(pool, binding, call, method), reception_(call_.message_bytes_max()) {
    if (!waits_for_key()) begin();
  }
  ~RemoteStream() override {
    if (!counted_) count(Code::cancelled);
  }

  Result<void> write(const MessageLite& message) override {
    if (ended_writing_) return failed_precondition("a request was written after end_writing()");
    if (!begun_) {
      call_.balance_by(message);
      begin();
    }
    HOLON_TRY(going_on());
    std::string bytes = HOLON_TRY(call_.framed(message));
    reception_.send(std::move(bytes), false);
    while (reception_.congested()) {
      fiber::Wake how = reception_.wait_writable(call_.deadline(), call_.scope());
      if (how != fiber::Wake::woken) return waited_in_vain(how);
    }
    return going_on();
  }

  Result<void> end_writing() override {
    if (!begun_) begin();
    if (!std::exchange(ended_writing_, true)) reception_.send({}, true);
    if (failed_) return *failed_;
    return reception_.status() ? *reception_.status() : Result<void>();
  }

  Result<bool> read(MessageLite& into) override {
    for (;;) {
      Result<std::optional<std::string_view>> message = reception_.next();
      if (!message.ok()) return fail(message.error());
      if (*message) {
        call_.give_metadata(reception_);
        HOLON_TRY(call_.parse(**message, into));
        return true;
      }
      if (failed_) return *failed_;
      if (reception_.status()) return end(*reception_.status());
      fiber::Wake how = reception_.wait(call_.deadline(), call_.scope());
      if (how != fiber::Wake::woken) return waited_in_vain(how);
    }
  }

 private:
  /// The request says where the call goes.
  bool waits_for_key() const { return call_.method().balance_by[0] != 0; }
  void begin() {
    begun_ = true;
    if (Result<void> opened = open(); !opened.ok()) (void)fail(opened.error());
  }
  Result<void> open() {
    HOLON_TRY(call_.admit());
    HOLON_TRY(call_.meet_faults());
    Route route = HOLON_TRY(call_.route());
    if (!call_.open(reception_, route)) {
      return unavailable(route.connection->authority() + " takes no more calls just now");
    }
    peer_ = std::move(route.peer);
    peer_->began();
    return {};
  }
  /// Once. How long a stream goes on says nothing of its endpoint.
  void count(Code code) {
    counted_ = true;
    call_.count(code);
    if (peer_ != nullptr) peer_->ended(outcome_of(code, reception_), {});
  }
  /// The call is over, or just the branch that waited: then others go on with the stream.
  Error waited_in_vain(fiber::Wake how) {
    bool over = how == fiber::Wake::late || call_.scope().cancelled();
    return over ? fail(Outbound::ended_by(how)) : Outbound::ended_by(how);
  }
  /// Whether the callee may still read.
  Result<void> going_on() const {
    if (failed_) return *failed_;
    if (!reception_.status()) return {};
    HOLON_TRY(*reception_.status());
    return cancelled("the method has ended, and reads no more");
  }
  Result<bool> end(const Result<void>& status) {
    call_.give_metadata(reception_);
    if (!status.ok()) return fail(status.error());
    if (std::optional<Error> lost = call_.lost_answer()) return fail(*lost);
    if (!counted_) count(Code::ok);
    return false;
  }
  /// It is over for a reason on this side, or has ended with an error.
  Error fail(const Error& why) {
    if (!counted_) count(why.code());
    reception_.abandon();
    failed_ = why;
    reception_.interrupt();
    return why;
  }

  Outbound call_;
  std::shared_ptr<Peer> peer_;
  Reception reception_;
  std::optional<Error> failed_;
  bool begun_ = false;
  bool counted_ = false;
  bool ended_writing_ = false;
};

}  // namespace

Channel::Channel(Pools& pools, const internal::Binding& binding)
    : pools_(pools), binding_(binding), experiences_(pools.count()) {}

Channel::~Channel() = default;

Experience& Channel::experience(Pool& pool) const {
  Experience*& known = experiences_[pool.loop().index()];
  if (known == nullptr) known = &pool.experience(binding_.caller, *binding_.callee);
  return *known;
}

Result<void> Channel::unary(Call& call, unsigned method, const MessageLite& request, MessageLite& reply) const {
  Pool& pool = pools_.here();
  Outbound outbound(pool, binding_, call, method);
  Result<void> result = call_unary(outbound, experience(pool), method, request, reply);
  if (outbound.count(result.code()) == Code::unavailable) internal::CallAccess::root(call).failed_below = true;
  return result;
}

std::unique_ptr<internal::Duplex> Channel::open(Call& call, unsigned method) const {
  return std::make_unique<RemoteStream>(pools_.here(), binding_, call, method);
}

}  // namespace holon::client
