#include "tests/overload/crowd.h"

#include <algorithm>
#include <random>
#include <utility>

#include "holon/client.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "tests/overload/desk.h"

namespace holon::overload {
namespace {

constexpr std::chrono::seconds patience{1};

Result<::overload::Answer> ask(const Ref<::overload::Desk>& desk, Call& call, Tone tone) {
  switch (tone) {
    case Tone::urgent:
      return desk->AskUrgently(call, {});
    case Tone::by_the_way:
      return desk->AskByTheWay(call, {});
    default:
      return desk->Ask(call, {});
  }
}

}  // namespace

Crowd::Crowd(std::string address, double per_second, Tone tone)
    : address_(std::move(address)), per_second_(per_second), tone_(tone), thread_([this] { call_on(); }) {}

Crowd::~Crowd() { disperse(); }

void Crowd::disperse() {
  over_ = true;
  if (thread_.joinable()) thread_.join();
}

// Who is behind its time makes up for it: the calls are as many, however busy the machine.
void Crowd::call_on() {
  Client client(address_);
  const Ref<::overload::Desk> desk(client);
  const auto whole = client.call(std::chrono::minutes(5));
  std::mt19937 random(1);
  std::exponential_distribution<> pause(per_second_);
  TaskGroup group(*whole);
  for (auto next = Clock::now(); !over_;) {
    next += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(pause(random)));
    if (next > Clock::now()) static_cast<void>(sleep(*whole, next - Clock::now()));
    group.spawn([this, &desk](Call& branch) -> Result<void> {
      OutgoingCall call(branch);
      call.timeout(patience);
      const auto began = Clock::now();
      const bool answered = ask(desk, call, tone_).ok();
      made_.push_back({began, Clock::now() - began, answered});
      return {};
    });
  }
  static_cast<void>(group.wait());
}

Crowd::Tally Crowd::tally(Clock::time_point from, Clock::time_point to) const {
  Tally tally;
  std::vector<Clock::duration> took;
  for (const Made& made : made_) {
    if (made.at < from || made.at >= to) continue;
    ++tally.calls;
    if (made.answered) took.push_back(made.took);
  }
  tally.answered = took.size();
  tally.answered_per_second = static_cast<double>(took.size()) / std::chrono::duration<double>(to - from).count();
  if (took.empty()) return tally;
  std::sort(took.begin(), took.end());
  tally.p99_ms = std::chrono::duration<double, std::milli>(took[(took.size() - 1) * 99 / 100]).count();
  return tally;
}

}  // namespace holon::overload
