// The completion queue: one thread takes what has ended. In an open loop a second one begins the calls.
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "rpc/grpc_load.h"

namespace bench {
namespace {

/// A place for one call at a time.
class Place {
 public:
  Place(const GrpcLoad& asked, grpc::CompletionQueue& queue) : asked_(asked), queue_(queue) {}
  virtual ~Place() = default;

  virtual void begin() = 0;
  /// Something of it has happened. Whether that counts, as a call or a message.
  virtual bool advance(bool ok) = 0;
  /// After what counted: makes that happen again.
  virtual void again() = 0;
  /// After what counted: no more. Whether nothing of it will happen any more.
  virtual bool stop() = 0;
  virtual bool over() const = 0;

  std::int64_t began = 0;

 protected:
  const GrpcLoad& asked_;
  grpc::CompletionQueue& queue_;
  std::unique_ptr<grpc::ClientContext> context_;
  EchoMessage reply_;
  grpc::Status status_;
};

class UnaryPlace final : public Place {
 public:
  using Place::Place;

  void begin() override {
    context_ = context_with_deadline();
    reader_ = asked_.stub.AsyncEcho(context_.get(), asked_.request, &queue_);
    reader_->Finish(&reply_, &status_, this);
  }
  bool advance(bool) override {
    check(status_, asked_.request, reply_);
    return true;
  }
  void again() override { begin(); }
  bool stop() override { return true; }
  bool over() const override { return false; }

 private:
  std::unique_ptr<grpc::ClientAsyncResponseReader<EchoMessage>> reader_;
};

class StreamPlace final : public Place {
 public:
  using Place::Place;

  void begin() override {
    context_ = context_with_deadline();
    reader_ = asked_.stub.AsyncRepeat(context_.get(), asked_.request, &queue_, this);
  }
  bool advance(bool ok) override {
    if (stopping_) {
      over_ = true;
    } else if (!ok) {
      give_up("the stream ended");
    } else if (!started_) {
      started_ = true;
      again();
    } else {
      if (reply_.id() != asked_.request.id()) give_up("a wrong message");
      return true;
    }
    return false;
  }
  void again() override { reader_->Read(&reply_, this); }
  bool stop() override {
    stopping_ = true;
    context_->TryCancel();
    reader_->Finish(&status_, this);
    return false;
  }
  bool over() const override { return over_; }

 private:
  std::unique_ptr<grpc::ClientAsyncReader<EchoMessage>> reader_;
  bool started_ = false;
  bool stopping_ = false;
  bool over_ = false;
};

void closed_loop(const GrpcLoad& asked, Meter& meter, grpc::CompletionQueue& queue) {
  std::vector<std::unique_ptr<Place>> places;
  for (int i = 0; i < asked.load.in_flight; ++i) {
    if (asked.stream) {
      places.push_back(std::make_unique<StreamPlace>(asked, queue));
    } else {
      places.push_back(std::make_unique<UnaryPlace>(asked, queue));
    }
    places.back()->began = Meter::now();
    places.back()->begin();
  }
  int running = asked.load.in_flight;
  void* tag;
  for (bool ok; running > 0 && queue.Next(&tag, &ok);) {
    Place& place = *static_cast<Place*>(tag);
    if (!place.advance(ok)) {
      if (place.over()) --running;
    } else if (meter.goes_on_after(place.began)) {
      place.again();
    } else if (place.stop()) {
      --running;
    }
  }
}

void open_loop(const GrpcLoad& asked, Meter& meter, grpc::CompletionQueue& queue) {
  std::mutex mutex;
  std::vector<std::unique_ptr<Place>> places;  // guarded by mutex, as idle
  std::vector<Place*> idle;
  std::thread generator([&] {
    Arrivals arrivals(asked.load);
    while (const auto at = arrivals.next()) {
      sleep_until(*at);
      Place* place;
      {
        std::lock_guard lock(mutex);
        if (idle.empty()) {
          places.push_back(std::make_unique<UnaryPlace>(asked, queue));
          idle.push_back(places.back().get());
        }
        place = idle.back();
        idle.pop_back();
      }
      place->began = *at;
      place->begin();
    }
    queue.Shutdown();
  });
  void* tag;
  for (bool ok; queue.Next(&tag, &ok);) {
    Place& place = *static_cast<Place*>(tag);
    place.advance(ok);
    meter.goes_on_after(place.began);
    std::lock_guard lock(mutex);
    idle.push_back(&place);
  }
  generator.join();
}

}  // namespace

void load_by_queue(const GrpcLoad& asked, Meter& meter) {
  grpc::CompletionQueue queue;
  if (asked.open) {
    open_loop(asked, meter, queue);
  } else {
    closed_loop(asked, meter, queue);
  }
}

}  // namespace bench
