// The desk, as a service like any other: it knows nothing of overload.
#pragma once

#include <time.h>

#include <array>
#include <atomic>
#include <chrono>

#include "desk.holon.h"
#include "holon/service.h"
#include "holon/task.h"
#include "holon/try.h"

namespace holon::overload {

constexpr std::size_t clerks = 8;
constexpr std::chrono::milliseconds time_of_a_clerk{50};
constexpr double answers_per_second = clerks / std::chrono::duration<double>(time_of_a_clerk).count();
constexpr std::chrono::milliseconds computing_time{4};  // of the processor

class Desk final : public ::overload::Desk::Service {
 public:
  using Question = ::overload::Question;
  using Answer = ::overload::Answer;

  Result<Answer> Ask(Call& call, const Question&) override { return answer(call); }
  Result<Answer> AskUrgently(Call& call, const Question&) override { return answer(call); }
  Result<Answer> AskByTheWay(Call& call, const Question&) override { return answer(call); }
  Result<Answer> Order(Call& call, const Question&) override {
    ++orders_;
    return answer(call);
  }

  Result<Answer> Compute(Call& call, const Question&) override {
    const std::chrono::nanoseconds ends = cpu_of_thread() + computing_time;
    while (cpu_of_thread() < ends) {
    }
    ++computed_;
    if (!call.check().ok()) ++computed_late_;
    return Answer();
  }

  Result<::overload::Done> Count(Call&, const Question&) override {
    ::overload::Done done;
    done.set_orders(orders_);
    done.set_computed_ms(computed_ * computing_time.count());
    done.set_computed_late_ms(computed_late_ * computing_time.count());
    return done;
  }

 private:
  Result<Answer> answer(Call& call) {
    [[maybe_unused]] const Mutex::Guard clerk = TRY(clerks_[next_++ % clerks].lock(call));
    TRY(sleep(call, time_of_a_clerk));
    return Answer();
  }

  static std::chrono::nanoseconds cpu_of_thread() {
    timespec time;
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }

  std::array<Mutex, clerks> clerks_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::int64_t> orders_{0}, computed_{0}, computed_late_{0};
};

}  // namespace holon::overload
