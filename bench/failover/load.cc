// Calls at a steady rate (an open loop), whether or not others are answered: how many fail, and how long each takes.
//   --rate=CALLS (a second)
// They end by SIGTERM, if not by themselves. Prints a line of JSON as soon as it begins, {"began_s":…} by the monotonic clock, and at
// its end one that has the slowest call of each 50 ms from there on.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <vector>

#include "failover/pair.holon.h"
#include "holon/client.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "rpc/meter.h"

namespace {

using bench::Meter;
using holon::Call;
using holon::Result;

constexpr std::int64_t slot_ns = 50'000'000;
constexpr std::chrono::seconds patience{10};

volatile std::sig_atomic_t told_to_end = 0;

class Log {
 public:
  double began_s() const { return static_cast<double>(began_ns_) / 1e9; }

  void add(std::int64_t at_ns, const Result<bench::PairReply>& reply) {
    const std::int64_t took_ns = Meter::now() - at_ns;
    took_ns_.push_back(took_ns);
    const auto slot = static_cast<std::size_t>(std::max<std::int64_t>(0, at_ns - began_ns_) / slot_ns);
    if (slot >= slowest_ns_.size()) slowest_ns_.resize(slot + 1);
    slowest_ns_[slot] = std::max(slowest_ns_[slot], took_ns);
    if (reply.ok()) return;
    ++errors_;
    std::fprintf(stderr, "%s\n", reply.error().to_string().c_str());
  }

  void report() {
    std::ranges::sort(took_ns_);
    const auto quantile_ms = [&](double share) {
      return static_cast<double>(took_ns_[static_cast<std::size_t>(share * static_cast<double>(took_ns_.size() - 1))]) / 1e6;
    };
    std::printf(R"({"calls":%zu,"errors":%zu,"p50_ms":%.4f,"p99_ms":%.4f,"p999_ms":%.4f,"slowest_ms":[)", took_ns_.size(), errors_,
                quantile_ms(0.5), quantile_ms(0.99), quantile_ms(0.999));
    for (std::size_t i = 0; i < slowest_ns_.size(); ++i) {
      std::printf("%s%.3f", i == 0 ? "" : ",", static_cast<double>(slowest_ns_[i]) / 1e6);
    }
    std::printf("]}\n");
  }

 private:
  const std::int64_t began_ns_ = Meter::now();
  std::vector<std::int64_t> took_ns_;
  std::vector<std::int64_t> slowest_ns_;  ///< by slot
  std::size_t errors_ = 0;
};

/// One of the places for calls under way: takes an arrival, awaits it, and calls.
Result<void> call_on(Call& call, const holon::Ref<bench::Asker>& asker, bench::Arrivals& arrivals, Log& log) {
  while (const auto at = told_to_end == 0 ? arrivals.next() : std::nullopt) {
    const std::int64_t wait = *at - Meter::now();
    if (wait > 0) TRY(holon::sleep(call, std::chrono::nanoseconds(wait)));
    holon::OutgoingCall patient(call);
    patient.timeout(patience);
    log.add(*at, asker->Ask(patient, {}));
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Load load = bench::load_of(argc, argv, {"rate"});
  holon::Client client(load.address);
  const holon::Ref<bench::Asker> asker(client);
  const auto call = client.call(std::chrono::hours(1));
  std::signal(SIGTERM, [](int) { told_to_end = 1; });
  Log log;
  std::printf("{\"began_s\":%.6f}\n", log.began_s());
  std::fflush(stdout);
  bench::Arrivals arrivals(load);
  holon::TaskGroup group(*call);
  for (int i = 0; i < load.in_flight; ++i) {
    group.spawn([&](Call& branch) { return call_on(branch, asker, arrivals, log); });
  }
  if (const auto done = group.wait(); !done.ok()) bench::give_up(done.error().to_string());
  log.report();
}
