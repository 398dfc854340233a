#include "fiber/watchdog.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace holon::fiber {
namespace {

constexpr auto longest_sleep = std::chrono::seconds(10);

}  // namespace

struct Watchdog::Impl {
  struct Seen {
    Loop* loop;
    std::uint64_t switches = 0;
    env::Time since{};
    bool reported = false;
  };

  env::Environment& environment;
  env::Duration limit;
  Report report;
  std::vector<Seen> seen;
  std::unique_ptr<env::Reactor> reactor;
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> looks{0};
  std::thread thread;

  void run() {
    while (!stopping.load()) {
      looks.fetch_add(1, std::memory_order_relaxed);
      env::Time now = environment.now();
      bool busy = false;
      for (Seen& each : seen) busy |= look(each, now);
      if (busy || !all_idle()) {
        reactor->wait(now + limit / 2);
      } else {
        sleep();
      }
    }
  }

  bool all_idle() const {
    return std::all_of(seen.begin(), seen.end(), [](const Seen& each) { return each.loop->idle(); });
  }

  // A loop that becomes busy wakes it. One that became so just before it was told to is seen here, or in its next turn.
  void sleep() {
    for (Seen& each : seen) each.loop->wake_when_busy(reactor.get());
    if (all_idle() && !stopping.load()) reactor->wait(environment.now() + longest_sleep);
    for (Seen& each : seen) each.loop->wake_when_busy(nullptr);
  }

  // An odd number of switches: a fiber runs, and the same one as long as the number stays. True if anything ran since.
  bool look(Seen& each, env::Time now) {
    std::uint64_t switches = each.loop->progress().switches.load(std::memory_order_relaxed);
    if (switches != each.switches || switches % 2 == 0) {
      bool ran = switches != each.switches;
      each.switches = switches;
      each.since = now;
      each.reported = false;
      return ran;
    }
    if (each.reported || now - each.since < limit) return true;
    each.reported = true;
    const std::string_view* method = each.loop->progress().method.load(std::memory_order_relaxed);
    report(method != nullptr ? *method : std::string_view(), each.loop->index(), now - each.since);
    return true;
  }
};

Watchdog::Watchdog(env::Environment& environment, std::vector<Loop*> loops, env::Duration limit, Report report)
    : impl_(new Impl{environment, limit, std::move(report), {}, environment.make_reactor(), {}, {}, {}}) {
  for (Loop* loop : loops) impl_->seen.push_back({loop, 0, environment.now(), false});
  impl_->thread = std::thread([this] { impl_->run(); });
}

std::uint64_t Watchdog::looks() const { return impl_->looks.load(std::memory_order_relaxed); }

Watchdog::~Watchdog() {
  impl_->stopping.store(true);
  impl_->reactor->wake();
  impl_->thread.join();
}

}  // namespace holon::fiber
