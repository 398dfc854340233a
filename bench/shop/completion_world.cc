#include "shop/completion_world.h"

#include <mutex>

namespace bench {

namespace {

using holon::Result;
using holon::env::Time;
using std::chrono::system_clock;

class CompletionReactor final : public holon::env::Reactor {
 public:
  explicit CompletionReactor(grpc::CompletionQueue& queue) : queue_(queue) {}

  Result<std::unique_ptr<holon::env::Stream>> connect(const holon::env::Address&) override { return has_no_sockets(); }
  Result<std::unique_ptr<holon::env::Listener>> listen(const holon::env::Address&) override { return has_no_sockets(); }
  Result<std::unique_ptr<holon::env::Listener>> adopt(int) override { return has_no_sockets(); }
  Result<std::unique_ptr<holon::env::Listener>> adopt_from(int, int) override { return has_no_sockets(); }
  Result<void> watch_exit(int, std::function<void()>) override { return has_no_sockets(); }
  Result<void> watch_signals(std::vector<int>, std::function<void(int)>) override { return has_no_sockets(); }

  int wait(Time until) override {
    int told = 0;
    for (system_clock::time_point deadline = wall_time(until); told < events_per_turn_max; deadline = {}) {
      void* tag = nullptr;
      bool ok = false;
      if (queue_.AsyncNext(&tag, &ok, deadline) != grpc::CompletionQueue::GOT_EVENT) break;
      if (tag == this) continue;  // a wake
      static_cast<Completion*>(tag)->completed(ok);
      ++told;
    }
    return told;
  }

  void wake() override {
    const std::lock_guard lock(mutex_);
    alarm_ = std::make_unique<grpc::Alarm>();
    alarm_->Set(&queue_, system_clock::time_point{}, this);
  }

 private:
  static constexpr int events_per_turn_max = 256;

  static holon::Error has_no_sockets() { return holon::unimplemented("grpc++ has the sockets here"); }

  grpc::CompletionQueue& queue_;
  std::mutex mutex_;
  std::unique_ptr<grpc::Alarm> alarm_;
};

}  // namespace

std::unique_ptr<holon::env::Reactor> CompletionWorld::make_reactor() { return std::make_unique<CompletionReactor>(queue_); }

system_clock::time_point wall_time(Time time) {
  if (time == Time::max()) return system_clock::time_point::max();
  return system_clock::now() + std::chrono::duration_cast<system_clock::duration>(time - std::chrono::steady_clock::now());
}

Time steady_time(system_clock::time_point time) {
  if (time > system_clock::now() + std::chrono::hours(24 * 365)) return Time::max();
  return std::chrono::steady_clock::now() + (time - system_clock::now());
}

}  // namespace bench
