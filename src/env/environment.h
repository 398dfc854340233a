// The world as narrow interfaces. Nobody outside env/ sleeps, reads a clock, opens a file or a socket, or starts a process,
// so that a simulated world can stand in for the real one and a run can be replayed.
//
//   env::Environment& world = env::os();
//   std::unique_ptr<env::Reactor> reactor = world.make_reactor();
//   std::unique_ptr<env::Stream> stream = TRY(reactor->connect(TRY(env::Address::parse("unix:/run/cart.sock"))));
//
// An Environment may be used by any thread; a Reactor and what it made belong to one thread, but for `wake`.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace holon::env {

class Disk;
class Names;
class Processes;
class Reactor;

/// Monotonic time. Deadlines are points of it.
using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;
using WallTime = std::chrono::system_clock::time_point;

class Environment {
 public:
  virtual ~Environment() = default;

  virtual Time now() = 0;
  virtual WallTime wall() = 0;
  /// 64 random bits; from the kernel in the real world, from the seed in a simulated one.
  virtual std::uint64_t random() = 0;
  virtual std::unique_ptr<Reactor> make_reactor() = 0;
  virtual Disk& disk() = 0;
  virtual Processes& processes() = 0;
  virtual Names& names() = 0;
};

/// The real world.
Environment& os();

/// For a process that serves: memory that was freed is kept for the next use, up to 4 MiB a thread, instead of going back to
/// the system and coming again page by page (80 % of the CPU of calls with 64 KB went there).
void keep_freed_memory();

}  // namespace holon::env
