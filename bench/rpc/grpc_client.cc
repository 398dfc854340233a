// A closed loop of IN_FLIGHT calls on one thread with grpc++: the completion queue API, each call with a deadline.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "echo.grpc.pb.h"
#include "payload.h"
#include "rpc/meter.h"

namespace {

class Place {
 public:
  Place(bench::Echo::Stub& stub, grpc::CompletionQueue& queue) : stub_(stub), queue_(queue) {}

  void begin() {
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
    reader_ = stub_.AsyncEcho(context_.get(), request_, &queue_);
    reader_->Finish(&reply_, &status_, this);
  }
  void check() const {
    if (!status_.ok()) bench::give_up(status_.error_message());
    if (reply_.id() != request_.id() + 1) bench::give_up("a wrong echo");
  }

  std::int64_t began = 0;

 private:
  bench::Echo::Stub& stub_;
  grpc::CompletionQueue& queue_;
  const bench::EchoMessage request_ = bench::hundred_bytes();
  bench::EchoMessage reply_;
  grpc::Status status_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<bench::EchoMessage>> reader_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::printf("%s\n", grpc::Version().c_str());
    return 0;
  }
  const bench::Load load = bench::load_of(argc, argv);
  std::unique_ptr<bench::Echo::Stub> stub =
      bench::Echo::NewStub(grpc::CreateChannel(load.address, grpc::InsecureChannelCredentials()));
  grpc::CompletionQueue queue;
  bench::Meter meter(load);

  std::vector<std::unique_ptr<Place>> places;
  for (int i = 0; i < load.in_flight; ++i) {
    places.push_back(std::make_unique<Place>(*stub, queue));
    places.back()->began = bench::Meter::now();
    places.back()->begin();
  }
  void* tag;
  bool ok;
  for (int running = load.in_flight; running > 0 && queue.Next(&tag, &ok);) {
    Place& place = *static_cast<Place*>(tag);
    place.check();
    if (meter.goes_on_after(place.began)) {
      place.begin();
    } else {
      --running;
    }
  }
  meter.report(0);
}
