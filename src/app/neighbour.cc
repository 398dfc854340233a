#include "app/neighbour.h"

#include <google/protobuf/message.h>

#include <optional>

#include "app/pipe.h"
#include "fiber/call.h"
#include "fiber/waiter.h"
#include "holon/task.h"

namespace holon::app {
namespace {

using google::protobuf::MessageLite;
using internal::Binding;
using internal::CallAccess;
using internal::LocalCall;

/// What the method's thunk sees of a call from a neighbour.
class Callee : public internal::Exchange {
 public:
  /// Before the handler runs.
  void begin(LocalCall& call) { call_ = &call; }

 protected:
  LocalCall& call() const { return *call_; }

 private:
  LocalCall* call_ = nullptr;
};

/// Runs the method's thunk below a child of `branch`, which is a branch of `caller`.
Result<void> serve(const Binding& binding, Service& service, Call& caller, Call& branch, unsigned method, Callee& end) {
  LocalCall child(branch, binding, method);
  if (CallAccess::outgoing(caller)) child.accompany(caller);
  if (!child.admitted()) {
    child.finish(Code::ok);
    return child.refusal();
  }
  end.begin(child);
  fiber::Loop::current()->name_running(&binding.callee->methods[method].name);
  Result<void> result;
  try {
    result = binding.callee->methods[method].serve(service, child, end);
  } catch (...) {
    result = internal::error_of_current_exception();
  }
  if (!child.finish(result.code())) result = child.refusal();
  return result;
}

/// Carries one request in and one reply out.
class OneToOne final : public Callee {
 public:
  OneToOne(Parcel request, Carriage how) : how_(how), request_(std::move(request)) {}

  Result<bool> read(MessageLite& into) override {
    if (!request_) return false;
    HOLON_TRY(request_->unpack(into));
    request_.reset();
    return true;
  }
  Result<void> write(const MessageLite& message) override {
    reply_.emplace(HOLON_TRY(Parcel::pack(message, how_)));
    return {};
  }
  Result<void> take_reply(MessageLite& into) {
    if (!reply_) return internal_error("the method ended well, but without an answer");
    return reply_->unpack(into);
  }

 private:
  Carriage how_;
  std::optional<Parcel> request_;
  std::optional<Parcel> reply_;
};

/// A stream between two fibers of one loop: the handler's is a branch of the caller's call.
class NeighbourStream final : public internal::Duplex {
 public:
  NeighbourStream(const Binding& binding, Service& service, Call& call, unsigned method, Carriage how)
      : call_(call), how_(how), handler_(call) {
    (void)handler_.spawn([this, &binding, &service, method](Call& branch) -> Result<void> {
      Handler handler(*this);
      status_ = serve(binding, service, call_, branch, method, handler);
      replies_.end();
      requests_.writable.wake();
      return {};
    });
  }

  Result<void> write(const MessageLite& message) override {
    if (requests_.ended()) return failed_precondition("a request was written after end_writing()");
    Parcel parcel = HOLON_TRY(Parcel::pack(message, how_));
    while (!status_ && requests_.full()) HOLON_TRY(fiber::wait(requests_.writable, call_));
    if (status_) return status_->ok() ? cancelled("the method has ended, and reads no more") : status_->error();
    HOLON_TRY(call_.check());
    requests_.push(std::move(parcel));
    return {};
  }

  Result<void> end_writing() override {
    requests_.end();
    return status_ ? *status_ : Result<void>();
  }

  Result<bool> read(MessageLite& into) override {
    while (replies_.empty()) {
      if (status_) {
        HOLON_TRY(*status_);
        return false;
      }
      HOLON_TRY(fiber::wait(replies_.readable, call_));
    }
    HOLON_TRY(replies_.pop().unpack(into));
    return true;
  }

 private:
  /// The handler's end, on its fiber.
  class Handler final : public Callee {
   public:
    explicit Handler(NeighbourStream& stream) : stream_(stream) {}

    Result<bool> read(MessageLite& into) override {
      Pipe& requests = stream_.requests_;
      HOLON_TRY(call().check());
      while (requests.empty()) {
        if (requests.ended()) return false;
        HOLON_TRY(fiber::wait(requests.readable, call()));
      }
      HOLON_TRY(requests.pop().unpack(into));
      return true;
    }
    Result<void> write(const MessageLite& message) override {
      Pipe& replies = stream_.replies_;
      Parcel parcel = HOLON_TRY(Parcel::pack(message, stream_.how_));
      while (replies.full()) HOLON_TRY(fiber::wait(replies.writable, call()));
      HOLON_TRY(call().check());
      if (!std::exchange(begun_, true)) call().give_metadata();
      replies.push(std::move(parcel));
      return {};
    }

   private:
    NeighbourStream& stream_;
    bool begun_ = false;
  };

  Call& call_;
  Carriage how_;
  Pipe requests_;
  Pipe replies_;
  std::optional<Result<void>> status_;  ///< once the handler has ended
  TaskGroup handler_;  ///< last: its end cancels and joins the handler, which uses all of the above
};

}  // namespace

std::unique_ptr<internal::Duplex> open_neighbour(const Binding& binding, Service& callee, Call& call, unsigned method,
                                                 Carriage how) {
  return std::make_unique<NeighbourStream>(binding, callee, call, method, how);
}

Result<void> StrictChannel::unary(Call& call, unsigned method, const MessageLite& request, MessageLite& reply) const {
  Parcel packed = HOLON_TRY(Parcel::pack(request, how_));
  OneToOne exchange(std::move(packed), how_);
  TaskGroup group(call);
  auto served = group.spawn(
      [&](Call& branch) -> Result<void> { return serve(binding_, callee_, call, branch, method, exchange); });
  HOLON_TRY(served.get());
  return exchange.take_reply(reply);
}

}  // namespace holon::app
