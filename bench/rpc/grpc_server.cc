// The same echo on grpc++: the completion queue API, one thread, as its performance guide advises for throughput.
//   grpc_server ADDRESS
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "echo.grpc.pb.h"
#include "payload.h"

namespace {

// A place for one call at a time: waits for a request, answers it, waits again.
class Place {
 public:
  Place(bench::Echo::AsyncService& service, grpc::ServerCompletionQueue& queue) : service_(service), queue_(queue) { wait(); }

  void advance() {
    if (answering_) return wait();
    answering_ = true;
    responder_->Finish(bench::echoed(request_), grpc::Status::OK, this);
  }

 private:
  void wait() {
    answering_ = false;
    responder_.reset();
    context_ = std::make_unique<grpc::ServerContext>();
    responder_ = std::make_unique<grpc::ServerAsyncResponseWriter<bench::EchoMessage>>(context_.get());
    service_.RequestEcho(context_.get(), &request_, responder_.get(), &queue_, &queue_, this);
  }

  bench::Echo::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  bool answering_ = false;
  bench::EchoMessage request_;
  std::unique_ptr<grpc::ServerContext> context_;
  std::unique_ptr<grpc::ServerAsyncResponseWriter<bench::EchoMessage>> responder_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s ADDRESS\n", argv[0]);
    return 2;
  }
  bench::Echo::AsyncService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;

  std::vector<std::unique_ptr<Place>> places;
  for (int i = 0; i < 256; ++i) places.push_back(std::make_unique<Place>(service, *queue));
  void* place;
  for (bool ok; queue->Next(&place, &ok);) {
    if (ok) static_cast<Place*>(place)->advance();
  }
}
