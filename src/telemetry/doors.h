// Doors: what goes on at the door of each service of this process. Told by the loops, each about itself; added up when asked.
//
//   std::shared_ptr<telemetry::DoorCell> cell = telemetry::add_door("shop.Cart");
//   cell->begun[priority] …; cell->waiting …                      // the loop's own: no lock, no shared cache line
//   for (const telemetry::Door& door : telemetry::doors()) …
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holon::telemetry {

constexpr std::size_t priorities = 3;  ///< as MethodInfo numbers them

/// One loop's numbers of one service. Written by that loop, read by any thread.
struct DoorCell {
  std::array<std::atomic<std::uint64_t>, priorities> begun{};
  std::atomic<std::uint64_t> ended{0};     ///< calls
  std::atomic<std::uint64_t> ended_ns{0};  ///< what these took in all, with the time that they waited
  std::atomic<std::uint64_t> running{0};
  std::atomic<std::uint64_t> waiting{0};
  std::atomic<double> limit{0};  ///< of calls that run; 0: there is none

  void add_end(std::chrono::nanoseconds took) {  // one writer: no locked instruction needed
    ended.store(ended.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    const std::uint64_t before = ended_ns.load(std::memory_order_relaxed);
    ended_ns.store(before + static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
  }
};

/// A new loop's cell. What it counts stays when the loop has gone.
std::shared_ptr<DoorCell> add_door(std::string_view service);

/// One service's, of all loops.
struct Door {
  std::string service;
  std::array<std::uint64_t, priorities> begun{};
  std::uint64_t ended = 0;
  std::uint64_t ended_ns = 0;
  std::uint64_t running = 0;
  std::uint64_t waiting = 0;
  double limit = 0;  ///< of those loops that have one
};
/// By name.
std::vector<Door> doors();
/// One of them; nothing if no call has come for it.
std::optional<Door> door_of(std::string_view service);

}  // namespace holon::telemetry
