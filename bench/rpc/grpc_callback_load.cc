// The callback interface: grpc++ tells of the ends of calls on threads of its own.
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "rpc/grpc_load.h"

namespace bench {
namespace {

/// What the calls share.
class Shared {
 public:
  Shared(const GrpcLoad& asked, Meter& meter) : asked(asked), meter_(meter) {}

  bool counts(std::int64_t& began) {
    std::lock_guard lock(mutex_);
    return meter_.goes_on_after(began);
  }
  void begins() {
    std::lock_guard lock(mutex_);
    ++running_;
  }
  void ended() {
    std::lock_guard lock(mutex_);
    if (--running_ == 0) none_runs_.notify_one();
  }
  void await_end() {
    std::unique_lock lock(mutex_);
    none_runs_.wait(lock, [&] { return running_ == 0; });
  }

  const GrpcLoad& asked;

 private:
  std::mutex mutex_;
  std::condition_variable none_runs_;
  Meter& meter_;
  int running_ = 0;
};

/// A closed loop's place for one call at a time, or one call of an open loop, which then deletes itself.
class UnaryPlace {
 public:
  UnaryPlace(Shared& shared, std::int64_t began) : shared_(shared), began_(began) {}

  void begin() {
    context_ = context_with_deadline();
    shared_.asked.stub.async()->Echo(context_.get(), &shared_.asked.request, &reply_,
                                     [this](const grpc::Status& status) { ended(status); });
  }

 private:
  void ended(const grpc::Status& status) {
    check(status, shared_.asked.request, reply_);
    if (shared_.counts(began_) && !shared_.asked.open) return begin();
    Shared& shared = shared_;
    delete this;
    shared.ended();
  }

  Shared& shared_;
  std::int64_t began_;
  EchoMessage reply_;
  std::unique_ptr<grpc::ClientContext> context_;
};

class StreamPlace final : public grpc::ClientReadReactor<EchoMessage> {
 public:
  explicit StreamPlace(Shared& shared) : shared_(shared) {}

  void begin() {
    shared_.asked.stub.async()->Repeat(context_.get(), &shared_.asked.request, this);
    StartRead(&reply_);
    StartCall();
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;  // OnDone comes
    if (reply_.id() != shared_.asked.request.id()) give_up("a wrong message");
    if (shared_.counts(began_)) return StartRead(&reply_);
    stopping_ = true;
    context_->TryCancel();
  }
  void OnDone(const grpc::Status& status) override {
    if (!stopping_) give_up("the stream ended: " + status.error_message());
    Shared& shared = shared_;
    delete this;
    shared.ended();
  }

  Shared& shared_;
  std::int64_t began_ = Meter::now();
  EchoMessage reply_;
  bool stopping_ = false;
  std::unique_ptr<grpc::ClientContext> context_ = context_with_deadline();
};

}  // namespace

void load_by_callbacks(const GrpcLoad& asked, Meter& meter) {
  Shared shared(asked, meter);
  shared.begins();  // this function itself
  if (asked.open) {
    Arrivals arrivals(asked.load);
    while (const auto at = arrivals.next()) {
      sleep_until(*at);
      shared.begins();
      (new UnaryPlace(shared, *at))->begin();
    }
  } else {
    for (int i = 0; i < asked.load.in_flight; ++i) {
      shared.begins();
      if (asked.stream) {
        (new StreamPlace(shared))->begin();
      } else {
        (new UnaryPlace(shared, Meter::now()))->begin();
      }
    }
  }
  shared.ended();
  shared.await_end();
}

}  // namespace bench
