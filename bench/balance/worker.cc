// A service that computes.
#include <time.h>

#include <atomic>

#include "balance/worker.holon.h"
#include "holon/service.h"

namespace {

using holon::Call;
using holon::Result;

constexpr std::int64_t computing_ns = 2'000'000;

std::int64_t cpu_of_thread_ns() {
  timespec time;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

class Worker final : public bench::Worker::Service {
 public:
  Result<bench::Done> Compute(Call&, const bench::Piece&) override { return compute(); }
  Result<bench::Done> ComputeFor(Call&, const bench::Piece&) override { return compute(); }
  Result<bench::Slowness> SlowDown(Call&, const bench::Slowness& slowness) override {
    times_ = slowness.times();
    return slowness;
  }

 private:
  bench::Done compute() const {
    const std::int64_t ends = cpu_of_thread_ns() + computing_ns * times_;
    while (cpu_of_thread_ns() < ends) {
    }
    return {};
  }

  std::atomic<int> times_{1};
};

}  // namespace

int main(int argc, char** argv) { return holon::serve<Worker>(argc, argv); }
