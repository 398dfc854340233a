// A service that knows nothing of overload.
#include <time.h>

#include <array>
#include <atomic>
#include <chrono>

#include "holon/service.h"
#include "holon/task.h"
#include "holon/try.h"
#include "overload/desk.holon.h"

namespace {

using holon::Call;
using holon::Result;

constexpr std::size_t slots = 16;
constexpr std::chrono::milliseconds time_of_a_slot{40};
constexpr std::int64_t computing_ns = 2'000'000;

std::int64_t cpu_of_thread_ns() {
  timespec time;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

class Desk final : public bench::Desk::Service {
 public:
  using Question = bench::Question;
  using Answer = bench::Answer;

  Result<Answer> Hold(Call& call, const Question&) override { return hold(call); }
  Result<Answer> HoldUrgently(Call& call, const Question&) override { return hold(call); }
  Result<Answer> HoldByTheWay(Call& call, const Question&) override { return hold(call); }

  Result<Answer> Compute(Call& call, const Question&) override { return compute(call); }
  Result<Answer> ComputeUrgently(Call& call, const Question&) override { return compute(call); }
  Result<Answer> ComputeByTheWay(Call& call, const Question&) override { return compute(call); }

  Result<bench::Pace> SlowDown(Call&, const bench::Pace& pace) override {
    times_ = pace.times();
    return pace;
  }

  Result<bench::Computed> Count(Call&, const Question&) override {
    bench::Computed computed;
    computed.set_cpu_ns(cpu_ns_);
    computed.set_expired_cpu_ns(expired_cpu_ns_);
    return computed;
  }

 private:
  Result<Answer> hold(Call& call) {
    [[maybe_unused]] const holon::Mutex::Guard slot = TRY(slots_[next_++ % slots].lock(call));
    TRY(holon::sleep(call, time_of_a_slot * times_.load()));
    return Answer();
  }

  Result<Answer> compute(Call& call) {
    const std::int64_t ends = cpu_of_thread_ns() + computing_ns;
    while (cpu_of_thread_ns() < ends) {
    }
    cpu_ns_ += computing_ns;
    if (!call.check().ok()) expired_cpu_ns_ += computing_ns;
    return Answer();
  }

  std::array<holon::Mutex, slots> slots_;
  std::atomic<std::size_t> next_{0};
  std::atomic<int> times_{1};
  std::atomic<std::int64_t> cpu_ns_{0}, expired_cpu_ns_{0};
};

}  // namespace

int main(int argc, char** argv) { return holon::serve<Desk>(argc, argv); }
