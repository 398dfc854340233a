#include "env/cycles.h"

#include <atomic>

namespace holon::env {
namespace {

// One pair of readings, and nanoseconds per cycle in 32.32 fixed point. Readers may see a pair that is a moment old: both
// are right. A sequence lock keeps them from seeing half of each.
struct Calibration {
  std::atomic<std::uint32_t> sequence{0};
  std::atomic<std::uint64_t> cycles{0};
  std::atomic<std::int64_t> time_ns{0};
  std::atomic<std::uint64_t> scale{0};
};

struct Reading {
  std::uint64_t cycles;
  std::int64_t ns;
};

Reading read_both() {
  Time now = os().now();
  return {cycles(), now.time_since_epoch().count()};
}

Reading first_reading() {
  static const Reading first = read_both();
  return first;
}

// A few milliseconds of spinning would be more precise; a hundred microseconds give 0.1 %, and the loops refine it.
constexpr std::int64_t first_span_ns = 100'000;

Calibration& calibration() {
  static Calibration* shared = [] {
    auto* fresh = new Calibration;
    Reading first = first_reading();
    Reading second = read_both();
    while (second.ns - first.ns < first_span_ns) second = read_both();
    fresh->scale = static_cast<std::uint64_t>((static_cast<__int128>(second.ns - first.ns) << 32) /
                                              (second.cycles - first.cycles));
    fresh->cycles = second.cycles;
    fresh->time_ns = second.ns;
    return fresh;
  }();
  return *shared;
}

std::int64_t scaled(std::int64_t cycles, std::uint64_t scale) {
  return static_cast<std::int64_t>((static_cast<__int128>(cycles) * scale) >> 32);
}

}  // namespace

std::int64_t cycles_to_ns(std::uint64_t cycles) {
  return scaled(static_cast<std::int64_t>(cycles), calibration().scale.load(std::memory_order_relaxed));
}

Time time_of_cycles(std::uint64_t cycles) {
  Calibration& shared = calibration();
  for (;;) {
    std::uint32_t before = shared.sequence.load(std::memory_order_acquire);
    std::uint64_t base = shared.cycles.load(std::memory_order_relaxed);
    std::int64_t ns = shared.time_ns.load(std::memory_order_relaxed);
    std::uint64_t scale = shared.scale.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if ((before & 1) == 0 && before == shared.sequence.load(std::memory_order_relaxed)) {
      return Time(Duration(ns + scaled(static_cast<std::int64_t>(cycles - base), scale)));
    }
  }
}

void recalibrate_cycles() {
  Calibration& shared = calibration();
  Reading now = read_both();
  Reading first = first_reading();
  if (now.cycles <= first.cycles) return;  // a counter that was reset: keep the ratio we have
  std::uint32_t sequence = shared.sequence.load(std::memory_order_relaxed);
  if ((sequence & 1) != 0 || !shared.sequence.compare_exchange_strong(sequence, sequence + 1)) return;  // another does it
  shared.scale.store(static_cast<std::uint64_t>((static_cast<__int128>(now.ns - first.ns) << 32) /
                                                (now.cycles - first.cycles)),
                     std::memory_order_relaxed);
  shared.cycles.store(now.cycles, std::memory_order_relaxed);
  shared.time_ns.store(now.ns, std::memory_order_relaxed);
  shared.sequence.store(sequence + 2, std::memory_order_release);
}

}  // namespace holon::env
