// A world whose loop waits on a grpc++ completion queue: so that fibers, and the shop's handlers on them, run on grpc++ with
// one thread and no hop between threads, which is as fast as grpc++ gets.
//
//   bench::CompletionWorld world(queue);
//   fiber::Loop loop(world, 0);              // its turns advance what the queue completes
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include "env/environment.h"
#include "env/reactor.h"

namespace bench {

/// What a completion queue's tag points to.
class Completion {
 public:
  virtual ~Completion() = default;
  virtual void completed(bool ok) = 0;
};

class CompletionWorld final : public holon::env::Environment {
 public:
  explicit CompletionWorld(grpc::CompletionQueue& queue) : queue_(queue) {}

  holon::env::Time now() override { return real_.now(); }
  holon::env::WallTime wall() override { return real_.wall(); }
  std::uint64_t random() override { return real_.random(); }
  std::unique_ptr<holon::env::Reactor> make_reactor() override;
  holon::env::Disk& disk() override { return real_.disk(); }
  holon::env::Processes& processes() override { return real_.processes(); }
  holon::env::Names& names() override { return real_.names(); }

 private:
  grpc::CompletionQueue& queue_;
  holon::env::Environment& real_ = holon::env::os();
};

/// The same point of time on the wall clock, by which grpc++ counts.
std::chrono::system_clock::time_point wall_time(holon::env::Time time);
holon::env::Time steady_time(std::chrono::system_clock::time_point time);

}  // namespace bench
