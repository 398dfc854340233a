// The cycle counter: the cheapest clock there is (about 10 ns a read), for timing calls.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "env/environment.h"

namespace holon::env {

inline std::uint64_t cycles() {
#if defined(__x86_64__)
  return __rdtsc();
#elif defined(__aarch64__)
  std::uint64_t count;
  asm volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
#else
#error "no cycle counter known for this processor"
#endif
}

/// Nanoseconds of a span of cycles, by a ratio measured once at start.
std::int64_t cycles_to_ns(std::uint64_t cycles);

/// The monotonic clock's reading at a cycle count, good to a few microseconds; recalibrated by the loops as they turn.
Time time_of_cycles(std::uint64_t cycles);

/// Takes a fresh pair of readings; any thread, now and then.
void recalibrate_cycles();

}  // namespace holon::env
