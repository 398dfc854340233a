#include "app/neighbour.h"

#include <google/protobuf/message.h>

#include <deque>
#include <optional>

#include "fiber/call.h"
#include "fiber/waiter.h"
#include "holon/task.h"

namespace holon::app {
namespace {

using google::protobuf::MessageLite;
using internal::Binding;
using internal::CallAccess;
using internal::LocalCall;

/// Runs the method's thunk below a child of `branch`.
Result<void> serve(const Binding& binding, Service& callee, Call& branch, unsigned method, internal::Exchange& exchange) {
  LocalCall child(branch, binding, method);
  if (!child.admitted()) {
    child.finish(Code::ok);
    return child.refusal();
  }
  fiber::Loop::current()->name_running(&binding.callee->methods[method].name);
  Result<void> result;
  try {
    result = binding.callee->methods[method].serve(callee, child, exchange);
  } catch (...) {
    result = internal::error_of_current_exception();
  }
  if (!child.finish(result.code())) result = child.refusal();
  return result;
}

/// Carries one request in and one reply out.
class OneToOne final : public internal::Exchange {
 public:
  explicit OneToOne(Parcel request) : request_(std::move(request)) {}

  Result<bool> read(MessageLite& into) override {
    if (!request_) return false;
    HOLON_TRY(request_->unpack(into));
    request_.reset();
    return true;
  }
  Result<void> write(const MessageLite& message) override {
    reply_.emplace(HOLON_TRY(Parcel::pack(message, Carriage::bytes)));
    return {};
  }
  Result<void> take_reply(MessageLite& into) {
    if (!reply_) return internal_error("the method ended well, but without an answer");
    return reply_->unpack(into);
  }

 private:
  std::optional<Parcel> request_;
  std::optional<Parcel> reply_;
};

/// A stream between two fibers of one loop: the handler's is a branch of the reader's call.
class NeighbourStream final : public internal::Source {
 public:
  static constexpr std::size_t messages_max = 16;
  static constexpr std::size_t bytes_max = 64 << 10;

  NeighbourStream(const Binding& binding, Service& callee, Call& call, unsigned method, const MessageLite& request,
                  Carriage how)
      : call_(call), how_(how), handler_(call) {
    Result<Parcel> packed = Parcel::pack(request, how);
    if (!packed.ok()) {
      status_ = packed.error();
      return;
    }
    request_.emplace(std::move(*packed));
    (void)handler_.spawn([this, &binding, &callee, method](Call& branch) -> Result<void> {
      HandlerEnd end(*this, branch);
      status_ = serve(binding, callee, branch, method, end);
      readable_.wake();
      return {};
    });
  }

  Result<bool> read(MessageLite& into) override {
    for (;;) {
      if (!unread_.empty()) {
        Parcel parcel = std::move(unread_.front());
        unread_.pop_front();
        unread_bytes_ -= parcel.size();
        writable_.wake();
        HOLON_TRY(parcel.unpack(into));
        return true;
      }
      if (status_) {
        HOLON_TRY(*status_);
        return false;
      }
      HOLON_TRY(fiber::wait(readable_, call_));
    }
  }

 private:
  /// What the method's thunk sees.
  class HandlerEnd final : public internal::Exchange {
   public:
    HandlerEnd(NeighbourStream& stream, Call& call) : stream_(stream), call_(call) {}

    Result<bool> read(MessageLite& into) override {
      if (!stream_.request_) return false;
      HOLON_TRY(stream_.request_->unpack(into));
      stream_.request_.reset();
      return true;
    }
    Result<void> write(const MessageLite& message) override {
      Parcel parcel = HOLON_TRY(Parcel::pack(message, stream_.how_));
      while (stream_.full()) HOLON_TRY(fiber::wait(stream_.writable_, call_));
      HOLON_TRY(call_.check());
      stream_.add(std::move(parcel));
      return {};
    }

   private:
    NeighbourStream& stream_;
    Call& call_;
  };

  bool full() const { return unread_.size() >= messages_max || unread_bytes_ >= bytes_max; }
  void add(Parcel parcel) {
    unread_bytes_ += parcel.size();
    unread_.push_back(std::move(parcel));
    readable_.wake();
  }

  Call& call_;
  Carriage how_;
  std::optional<Parcel> request_;
  std::deque<Parcel> unread_;
  std::size_t unread_bytes_ = 0;
  std::optional<Result<void>> status_;
  fiber::Waiter readable_;
  fiber::Waiter writable_;
  TaskGroup handler_;  ///< last: its end cancels and joins the handler, which uses all of the above
};

}  // namespace

std::unique_ptr<internal::Source> open_stream(const Binding& binding, Service& callee, Call& call, unsigned method,
                                              const MessageLite& request, Carriage how) {
  return std::make_unique<NeighbourStream>(binding, callee, call, method, request, how);
}

Result<void> StrictChannel::unary(Call& call, unsigned method, const MessageLite& request, MessageLite& reply) const {
  OneToOne exchange(HOLON_TRY(Parcel::pack(request, Carriage::bytes)));
  TaskGroup group(call);
  auto served = group.spawn(
      [&](Call& branch) -> Result<void> { return serve(binding_, callee_, branch, method, exchange); });
  HOLON_TRY(served.get());
  return exchange.take_reply(reply);
}

}  // namespace holon::app

namespace holon::internal {

std::unique_ptr<Source> open_local_stream(const Binding& binding, Call& call, unsigned method,
                                          const google::protobuf::MessageLite& request) {
  return app::open_stream(binding, *binding.local, call, method, request, app::Carriage::objects);
}

}  // namespace holon::internal
