// A caller that calls whether or not it is answered (an open loop), and whose calls are spread over replicas by one policy. No call is
// repeated or hedged: what is measured is the choice alone.
//   ADDRESS is those of all replicas, with commas between them; --balance=two_choices|round_robin|prequal|ring_hash
//   --rate=CALLS (a second)  --settle=SECONDS (that do not count)  --slow=TIMES: the first replica takes so many times as long
// IN_FLIGHT is how many calls are under way at most. Prints a line of JSON: how many calls were made and answered, and what they took from
// when they were to begin.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <sstream>
#include <vector>

#include "app/assembly.h"
#include "balance/worker.holon.h"
#include "client/pool.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "rpc/meter.h"

namespace {

using bench::Load;
using bench::Meter;
using holon::Call;
using holon::Result;
using holon::client::Balance;
using WorkerRef = holon::Ref<bench::Worker>;

constexpr std::chrono::seconds patience{10};
constexpr unsigned owners = 1000;

Balance balance_of(const std::string& name) {
  const std::map<std::string, Balance> known = {{"two_choices", Balance::two_choices},
                                                {"round_robin", Balance::round_robin},
                                                {"prequal", Balance::prequal},
                                                {"ring_hash", Balance::unsaid}};
  const auto found = known.find(name);
  if (found == known.end()) bench::give_up("--balance=" + name + ": there is two_choices, round_robin, prequal and ring_hash");
  return found->second;
}

std::vector<std::string> addresses_of(const Load& load) {
  std::vector<std::string> all;
  std::istringstream text(load.address);
  for (std::string address; std::getline(text, address, ',');) all.push_back(address);
  return all;
}

/// A way to some replicas.
struct Way {
  Way(holon::fiber::Loop& loop, const std::vector<std::string>& addresses, const holon::client::Limits& limits) : pools({&loop}, limits) {
    holon::client::Endpoints endpoints;
    for (const std::string& address : addresses) {
      auto endpoint = holon::client::Endpoint::parse(address);
      if (!endpoint.ok()) bench::give_up(endpoint.error().to_string());
      endpoints.everything.push_back(*endpoint);
    }
    pools.update(endpoints);
  }

  holon::client::Pools pools;
  holon::app::Assembly refs{{}, &pools};
  WorkerRef worker = refs.ref<bench::Worker>();
};

class Caller {
 public:
  Caller(const Load& load, const WorkerRef& worker)
      : load_(load),
        worker_(worker),
        by_owner_(load.text("balance", "two_choices") == "ring_hash"),
        counts_from_ns_(Meter::now() + static_cast<std::int64_t>(load.number("settle", 0) * 1e9)),
        arrivals_(load) {}

  Result<void> run(Call& call) {
    holon::TaskGroup group(call);
    std::vector<holon::Task<void>> places;
    for (int i = 0; i < load_.in_flight; ++i) places.push_back(group.spawn([this](Call& branch) { return call_on(branch); }));
    for (auto& place : places) TRY(place.get());
    return {};
  }

  void report() {
    std::ranges::sort(took_ns_);
    const auto quantile = [&](double share) {
      return took_ns_.empty() ? 0 : static_cast<double>(took_ns_[static_cast<std::size_t>(share * static_cast<double>(took_ns_.size() - 1))]) / 1e6;
    };
    std::printf(R"({"made":%zu,"answered":%zu,"p50_ms":%.3f,"p99_ms":%.3f})"
                "\n",
                made_, took_ns_.size(), quantile(0.5), quantile(0.99));
  }

 private:
  // One of the places for calls under way: takes an arrival, awaits it, and calls.
  Result<void> call_on(Call& call) {
    while (const auto at = arrivals_.next()) {
      if (const std::int64_t wait = *at - Meter::now(); wait > 0) TRY(holon::sleep(call, std::chrono::nanoseconds(wait)));
      holon::OutgoingCall patient(call);
      patient.timeout(patience);
      bench::Piece piece;
      piece.set_owner(1 + random_() % owners);
      const auto done = by_owner_ ? worker_->ComputeFor(patient, piece) : worker_->Compute(patient, piece);
      if (*at < counts_from_ns_) continue;
      ++made_;
      if (done.ok()) took_ns_.push_back(Meter::now() - *at);
    }
    return {};
  }

  const Load& load_;
  const WorkerRef& worker_;
  const bool by_owner_;
  const std::int64_t counts_from_ns_;
  bench::Arrivals arrivals_;
  std::mt19937 random_{1};
  std::size_t made_ = 0;
  std::vector<std::int64_t> took_ns_;
};

Result<void> slow_down(holon::fiber::Loop& loop, const std::string& address, int times, Call& call) {
  const Way way(loop, {address}, {});
  bench::Slowness slowness;
  slowness.set_times(times);
  TRY(way.worker->SlowDown(call, slowness));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const Load load = bench::load_of(argc, argv, {"balance", "rate", "settle", "slow"});
  const std::vector<std::string> addresses = addresses_of(load);
  holon::fiber::Loop loop(holon::env::os(), 0);
  holon::internal::RootCall call(loop.environment().now() + std::chrono::minutes(10));
  const auto slowed = slow_down(loop, addresses.at(0), static_cast<int>(load.number("slow", 1)), call);
  if (!slowed.ok()) bench::give_up(slowed.error().to_string());
  holon::client::Limits limits;
  limits.attempts_max = 1;
  limits.hedges_max = 0;
  limits.balance = balance_of(load.text("balance", "two_choices"));
  const Way way(loop, addresses, limits);
  Caller caller(load, way.worker);
  if (const auto done = caller.run(call); !done.ok()) bench::give_up(done.error().to_string());
  caller.report();
}
