// Callers who call whether or not others are answered (an open loop), and who ask again when they are turned away: up to four
// times, a tenth of a second or so later, with no regard for what they are told.
//   --kind=hold|compute, or one of these with _urgently or _by_the_way
//   --rate=CALLS (a second)  --settle=SECONDS (that do not count)  --patience=SECONDS
//   --slow=TIMES: as long as they call, the desk's slots are held so many times as long
// IN_FLIGHT is how many calls are under way at most. Prints a line of JSON: of the time that counts, how many calls were made and
// answered, how long the attempts took that were, how many attempts were turned away, and what processes used; from `began_s` of
// the monotonic clock on, the share of calls that were answered, second by second.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <vector>

#include "app/assembly.h"
#include "client/pool.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "overload/desk.holon.h"
#include "rpc/meter.h"

namespace {

using bench::Load;
using bench::Meter;
using holon::Call;
using holon::Result;
using DeskRef = holon::Ref<bench::Desk>;

constexpr int attempts_max = 4;
constexpr std::int64_t second_ns = 1'000'000'000;

std::chrono::nanoseconds seconds_of(double seconds) { return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)); }

/// A call, however often it was attempted.
struct Asked {
  std::int64_t at_ns;    ///< when it was to begin
  std::int64_t took_ns;  ///< of the attempt that was answered
  bool answered;
};

/// What processes have used so far, and what of it was for calls that nobody waited for any more.
struct Used {
  std::int64_t here_ns = 0, server_ns = 0, expired_ns = 0;
};

/// The calls of a while.
struct Tally {
  std::size_t made = 0;
  std::vector<std::int64_t> took_ns;  ///< of those that were answered

  void add(const Asked& asked) {
    ++made;
    if (asked.answered) took_ns.push_back(asked.took_ns);
  }
  double share() const { return made == 0 ? 1 : static_cast<double>(took_ns.size()) / static_cast<double>(made); }
  double quantile_ms(double share) {
    if (took_ns.empty()) return 0;
    const auto place = took_ns.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(took_ns.size() - 1));
    std::nth_element(took_ns.begin(), place, took_ns.end());
    return static_cast<double>(*place) / 1e6;
  }
};

class Callers {
 public:
  Callers(const Load& load, const DeskRef& desk)
      : load_(load),
        desk_(desk),
        kind_(load.text("kind", "hold")),
        patience_(seconds_of(load.number("patience", 1))),
        began_ns_(Meter::now()),
        counts_from_ns_(began_ns_ + seconds_of(load.number("settle", 0)).count()),
        ends_at_ns_(began_ns_ + seconds_of(load.seconds).count()),
        arrivals_(load) {}

  Result<void> run(Call& call) {
    const int slow = static_cast<int>(load_.number("slow", 1));
    if (slow > 1) TRY(slow_down(call, slow));
    TRY(call_everywhere(call));
    return slow > 1 ? slow_down(call, 1) : Result<void>();
  }

  void report() const {
    Tally counted;
    std::vector<Tally> by_second(static_cast<std::size_t>(load_.seconds));
    for (const Asked& asked : asked_) {
      if (asked.at_ns >= counts_from_ns_ && asked.at_ns < ends_at_ns_) counted.add(asked);
      const auto second = static_cast<std::size_t>((asked.at_ns - began_ns_) / second_ns);
      if (second < by_second.size()) by_second[second].add(asked);
    }
    const double span_ns = static_cast<double>(ends_at_ns_ - counts_from_ns_);
    std::printf(R"({"began_s":%.6f,"made":%zu,"answered":%zu,"per_second":%.2f,"p50_ms":%.3f,"p99_ms":%.3f,)",
                static_cast<double>(began_ns_) / 1e9, counted.made, counted.took_ns.size(),
                static_cast<double>(counted.took_ns.size()) * 1e9 / span_ns, counted.quantile_ms(0.5), counted.quantile_ms(0.99));
    std::printf(R"("turned_away_per_second":%.1f,"generator_cpu":%.4f,"server_cpu":%.4f,"expired_cpu":%.6f,"shares":[)",
                static_cast<double>(turned_away_) * 1e9 / span_ns, static_cast<double>(used_.here_ns) / span_ns,
                static_cast<double>(used_.server_ns) / span_ns, static_cast<double>(used_.expired_ns) / span_ns);
    for (std::size_t i = 0; i < by_second.size(); ++i) std::printf("%s%.4f", i == 0 ? "" : ",", by_second[i].share());
    std::printf("]}\n");
  }

 private:
  Result<void> call_everywhere(Call& call) {
    holon::TaskGroup group(call);
    auto used = group.spawn([this](Call& branch) { return use(branch); });
    std::vector<holon::Task<void>> places;
    for (int i = 0; i < load_.in_flight; ++i) places.push_back(group.spawn([this](Call& branch) { return call_on(branch); }));
    for (auto& place : places) TRY(place.get());
    used_ = TRY(used.get());
    return {};
  }

  Result<void> slow_down(Call& call, int times) const {
    bench::Pace pace;
    pace.set_times(times);
    TRY(desk_->SlowDown(call, pace));
    return {};
  }

  Result<bench::Answer> ask(Call& call) const {
    if (kind_ == "hold_urgently") return desk_->HoldUrgently(call, {});
    if (kind_ == "hold_by_the_way") return desk_->HoldByTheWay(call, {});
    if (kind_ == "compute") return desk_->Compute(call, {});
    if (kind_ == "compute_urgently") return desk_->ComputeUrgently(call, {});
    if (kind_ == "compute_by_the_way") return desk_->ComputeByTheWay(call, {});
    return desk_->Hold(call, {});
  }

  // One of the places for calls under way: takes an arrival, awaits it, and calls.
  Result<void> call_on(Call& call) {
    while (const auto at = arrivals_.next()) {
      TRY(wait_until(call, *at));
      asked_.push_back(ask_up_to_four_times(call, *at));
    }
    return {};
  }

  Asked ask_up_to_four_times(Call& call, std::int64_t at_ns) {
    holon::OutgoingCall patient(call);
    patient.timeout(patience_);
    for (int attempt = 1;; ++attempt) {
      const std::int64_t began = Meter::now();
      const auto answer = ask(patient);
      const bool refused = answer.code() == holon::Code::resource_exhausted || answer.code() == holon::Code::unavailable;
      if (refused && began >= counts_from_ns_ && began < ends_at_ns_) ++turned_away_;
      if (!refused || attempt == attempts_max) return {at_ns, Meter::now() - began, answer.ok()};
      if (!holon::sleep(patient, std::chrono::milliseconds(wait_ms_(random_))).ok()) return {at_ns, 0, false};
    }
  }

  static Result<void> wait_until(Call& call, std::int64_t at_ns) {
    const std::int64_t wait = at_ns - Meter::now();
    return wait > 0 ? holon::sleep(call, std::chrono::nanoseconds(wait)) : Result<void>();
  }

  Result<Used> used_so_far(Call& call) const {
    Used used{.here_ns = bench::cpu_ns_of(::getpid())};
    for (const int pid : load_.server_pids) used.server_ns += bench::cpu_ns_of(pid);
    used.expired_ns = TRY(expired_so_far(call));
    return used;
  }

  // In overload it may take some attempts to be told.
  Result<std::int64_t> expired_so_far(Call& call) const {
    for (int attempt = 1;; ++attempt) {
      const auto counted = desk_->Count(call, {});
      if (counted.ok()) return counted->expired_cpu_ns();
      if (attempt == 100) return counted.error();
      TRY(holon::sleep(call, std::chrono::milliseconds(50)));
    }
  }

  /// What is used while calls count.
  Result<Used> use(Call& call) const {
    TRY(wait_until(call, counts_from_ns_));
    const Used before = TRY(used_so_far(call));
    TRY(wait_until(call, ends_at_ns_));
    const Used after = TRY(used_so_far(call));
    return Used{after.here_ns - before.here_ns, after.server_ns - before.server_ns, after.expired_ns - before.expired_ns};
  }

  const Load& load_;
  const DeskRef& desk_;
  const std::string kind_;
  const std::chrono::nanoseconds patience_;
  const std::int64_t began_ns_, counts_from_ns_, ends_at_ns_;
  bench::Arrivals arrivals_;
  std::mt19937 random_{1};
  std::uniform_int_distribution<int> wait_ms_{50, 150};
  std::vector<Asked> asked_;
  std::size_t turned_away_ = 0;  ///< attempts
  Used used_;
};

}  // namespace

int main(int argc, char** argv) {
  const Load load = bench::load_of(argc, argv, {"kind", "rate", "settle", "patience", "slow"});
  auto endpoint = holon::client::Endpoint::parse(load.address);
  if (!endpoint.ok()) bench::give_up(endpoint.error().to_string());
  holon::client::Limits limits;
  limits.attempts_max = 1;  // they do it themselves, and worse
  holon::fiber::Loop loop(holon::env::os(), 0);
  holon::client::Pools pools({&loop}, limits);
  holon::client::Endpoints endpoints;
  endpoints.everything.push_back(*endpoint);
  pools.update(endpoints);
  holon::app::Assembly refs({}, &pools);
  const DeskRef desk = refs.ref<bench::Desk>();
  holon::internal::RootCall call(loop.environment().now() + std::chrono::minutes(10));
  Callers callers(load, desk);
  if (const auto done = callers.run(call); !done.ok()) bench::give_up(done.error().to_string());
  callers.report();
}
