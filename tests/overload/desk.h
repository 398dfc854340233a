// The desk, as a service like any other: it knows nothing of overload.
#pragma once

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

class Desk final : public ::overload::Desk::Service {
 public:
  using Question = ::overload::Question;
  using Answer = ::overload::Answer;

  Result<Answer> Ask(Call& call, const Question&) override { return answer(call); }
  Result<Answer> AskUrgently(Call& call, const Question&) override { return answer(call); }
  Result<Answer> AskByTheWay(Call& call, const Question&) override { return answer(call); }

 private:
  Result<Answer> answer(Call& call) {
    [[maybe_unused]] const Mutex::Guard clerk = TRY(clerks_[next_++ % clerks].lock(call));
    TRY(sleep(call, time_of_a_clerk));
    return Answer();
  }

  std::array<Mutex, clerks> clerks_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace holon::overload
