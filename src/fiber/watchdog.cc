#include "fiber/watchdog.h"

#include <atomic>
#include <thread>

namespace holon::fiber {

struct Watchdog::Impl {
  struct Seen {
    const Loop* loop;
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
  std::thread thread;

  void run() {
    while (!stopping.load()) {
      env::Time now = environment.now();
      for (Seen& each : seen) look(each, now);
      reactor->wait(environment.now() + limit / 2);
    }
  }

  // An odd number of switches: a fiber runs, and the same one as long as the number stays.
  void look(Seen& each, env::Time now) {
    std::uint64_t switches = each.loop->progress().switches.load(std::memory_order_relaxed);
    if (switches != each.switches || switches % 2 == 0) {
      each.switches = switches;
      each.since = now;
      each.reported = false;
      return;
    }
    if (each.reported || now - each.since < limit) return;
    each.reported = true;
    const std::string_view* method = each.loop->progress().method.load(std::memory_order_relaxed);
    report(method != nullptr ? *method : std::string_view(), each.loop->index(), now - each.since);
  }
};

Watchdog::Watchdog(env::Environment& environment, std::vector<const Loop*> loops, env::Duration limit, Report report)
    : impl_(new Impl{environment, limit, std::move(report), {}, environment.make_reactor(), {}, {}}) {
  for (const Loop* loop : loops) impl_->seen.push_back({loop, 0, environment.now(), false});
  impl_->thread = std::thread([this] { impl_->run(); });
}

Watchdog::~Watchdog() {
  impl_->stopping.store(true);
  impl_->reactor->wake();
  impl_->thread.join();
}

}  // namespace holon::fiber
