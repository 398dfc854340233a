// A closed loop of IN_FLIGHT calls with grpc++'s callback API, each call with a deadline.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "echo.grpc.pb.h"
#include "payload.h"
#include "rpc/meter.h"

namespace {

/// What the calls share: grpc++ tells of their ends on threads of its own.
struct Shared {
  explicit Shared(const bench::Load& load) : meter(load), running(load.in_flight) {}

  std::mutex mutex;
  std::condition_variable done;
  bench::Meter meter;
  int running;
};

class Place {
 public:
  Place(bench::Echo::Stub& stub, Shared& shared) : stub_(stub), shared_(shared) {}

  void begin() {
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
    stub_.async()->Echo(context_.get(), &request_, &reply_, [this](const grpc::Status& status) { ended(status); });
  }
  void first() {
    began_ = bench::Meter::now();
    begin();
  }

 private:
  void ended(const grpc::Status& status) {
    if (!status.ok()) bench::give_up(status.error_message());
    if (reply_.id() != request_.id() + 1) bench::give_up("a wrong echo");
    {
      std::lock_guard lock(shared_.mutex);
      if (!shared_.meter.goes_on_after(began_)) {
        if (--shared_.running == 0) shared_.done.notify_one();
        return;
      }
    }
    begin();
  }

  bench::Echo::Stub& stub_;
  Shared& shared_;
  const bench::EchoMessage request_ = bench::hundred_bytes();
  bench::EchoMessage reply_;
  std::int64_t began_ = 0;
  std::unique_ptr<grpc::ClientContext> context_;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::Load load = bench::load_of(argc, argv);
  std::unique_ptr<bench::Echo::Stub> stub =
      bench::Echo::NewStub(grpc::CreateChannel(load.address, grpc::InsecureChannelCredentials()));
  Shared shared(load);
  std::vector<std::unique_ptr<Place>> places;
  for (int i = 0; i < load.in_flight; ++i) places.push_back(std::make_unique<Place>(*stub, shared));
  for (auto& place : places) place->first();
  std::unique_lock lock(shared.mutex);
  shared.done.wait(lock, [&] { return shared.running == 0; });
  shared.meter.report(0);
}
