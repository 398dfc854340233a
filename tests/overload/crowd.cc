#include "tests/overload/crowd.h"

#include <algorithm>
#include <utility>

#include "app/assembly.h"
#include "client/pool.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "tests/overload/desk.h"

namespace holon::overload {
namespace {

constexpr std::chrono::seconds patience{1};
constexpr int attempts_max = 3;
constexpr std::chrono::milliseconds pause_min{50}, pause_max{150};

Result<::overload::Answer> ask(const Ref<::overload::Desk>& desk, Call& call, Tone tone) {
  switch (tone) {
    case Tone::urgent:
      return desk->AskUrgently(call, {});
    case Tone::by_the_way:
      return desk->AskByTheWay(call, {});
    case Tone::computing:
      return desk->Compute(call, {});
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

Crowd::Made Crowd::ask_again_and_again(const Ref<::overload::Desk>& desk, Call& call) {
  OutgoingCall patient(call);
  patient.timeout(patience);
  const auto at = Clock::now();
  for (int attempt = 1;; ++attempt) {
    const auto began = Clock::now();
    const Code code = ask(desk, patient, tone_).code();
    if (code != Code::resource_exhausted || attempt == attempts_max) return {at, Clock::now() - began, code == Code::ok};
    std::uniform_int_distribution<std::int64_t> pause(pause_min.count(), pause_max.count());
    if (!sleep(patient, std::chrono::milliseconds(pause(random_))).ok()) return {at, Clock::now() - at, false};
  }
}

// Who is behind its time makes up for it: the calls are as many, however busy the machine.
void Crowd::call_on() {
  client::Limits limits;
  limits.attempts_max = 1;
  client::Endpoints endpoints;
  endpoints.everything.push_back(client::Endpoint::parse(address_).value());
  fiber::Loop loop(env::os(), 0);
  client::Pools pools({&loop}, limits);
  pools.update(endpoints);
  app::Assembly refs({}, &pools);
  const auto desk = refs.ref<::overload::Desk>();
  internal::RootCall whole(env::os().now() + std::chrono::minutes(5));
  std::exponential_distribution<> pause(per_second_);
  TaskGroup group(whole);
  for (auto next = Clock::now(); !over_;) {
    next += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(pause(random_)));
    if (next > Clock::now()) static_cast<void>(sleep(whole, next - Clock::now()));
    group.spawn([this, &desk](Call& branch) -> Result<void> {
      made_.push_back(ask_again_and_again(desk, branch));
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
