// As grpc++'s performance guide advises for throughput: a completion queue, and one thread that serves it.
#include <memory>
#include <vector>

#include "echo.grpc.pb.h"
#include "payload.h"
#include "rpc/grpc_server.h"

namespace bench {
namespace {

/// A place for one call at a time: waits for a request, answers it, waits again.
class Place {
 public:
  virtual ~Place() = default;
  virtual void advance(bool ok) = 0;
};

class UnaryPlace final : public Place {
 public:
  UnaryPlace(Echo::AsyncService& service, grpc::ServerCompletionQueue& queue) : service_(service), queue_(queue) { wait(); }

  void advance(bool) override {
    if (answering_) return wait();
    answering_ = true;
    responder_->Finish(echoed(request_), grpc::Status::OK, this);
  }

 private:
  void wait() {
    answering_ = false;
    responder_.reset();
    context_ = std::make_unique<grpc::ServerContext>();
    responder_ = std::make_unique<grpc::ServerAsyncResponseWriter<EchoMessage>>(context_.get());
    service_.RequestEcho(context_.get(), &request_, responder_.get(), &queue_, &queue_, this);
  }

  Echo::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  bool answering_ = false;
  EchoMessage request_;
  std::unique_ptr<grpc::ServerContext> context_;
  std::unique_ptr<grpc::ServerAsyncResponseWriter<EchoMessage>> responder_;
};

class StreamPlace final : public Place {
 public:
  StreamPlace(Echo::AsyncService& service, grpc::ServerCompletionQueue& queue) : service_(service), queue_(queue) { wait(); }

  void advance(bool ok) override {
    if (finishing_) return wait();
    if (ok && sent_++ < request_.id()) return writer_->Write(request_, this);
    finishing_ = true;
    writer_->Finish(grpc::Status::OK, this);
  }

 private:
  void wait() {
    finishing_ = false;
    sent_ = 0;
    writer_.reset();
    context_ = std::make_unique<grpc::ServerContext>();
    writer_ = std::make_unique<grpc::ServerAsyncWriter<EchoMessage>>(context_.get());
    service_.RequestRepeat(context_.get(), &request_, writer_.get(), &queue_, &queue_, this);
  }

  Echo::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  bool finishing_ = false;
  std::int64_t sent_ = 0;
  EchoMessage request_;
  std::unique_ptr<grpc::ServerContext> context_;
  std::unique_ptr<grpc::ServerAsyncWriter<EchoMessage>> writer_;
};

}  // namespace

void serve_by_queue(grpc::ServerBuilder& builder, const Start& start) {
  Echo::AsyncService service;
  builder.RegisterService(&service);
  const auto queue = builder.AddCompletionQueue();
  const auto server = start(builder);

  std::vector<std::unique_ptr<Place>> places;
  for (int i = 0; i < 1024; ++i) places.push_back(std::make_unique<UnaryPlace>(service, *queue));
  for (int i = 0; i < 64; ++i) places.push_back(std::make_unique<StreamPlace>(service, *queue));
  void* place;
  for (bool ok; queue->Next(&place, &ok);) static_cast<Place*>(place)->advance(ok);
}

}  // namespace bench
