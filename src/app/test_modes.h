// For tests: the ways in which one suite runs, to show that local equals remote.
#pragma once

#include <chrono>
#include <string>

#include "fiber/waiter.h"
#include "gmock/gmock.h"
#include "holon/testing.h"

namespace holon::testing {

/// What a host takes in one burst. Under ThreadSanitizer calls take so long that more would be overload, and be turned away.
#if defined(HOLON_SANITIZE_THREAD)
constexpr int calls_at_once = 50;
constexpr int streams_at_once = 20;
#else
constexpr int calls_at_once = 500;
constexpr int streams_at_once = 100;
#endif

struct Way {
  const char* name;
  Mode mode;
  unsigned loops = 1;
};

inline auto all_ways() {
  return ::testing::Values(Way{"local", Mode::local}, Way{"strict", Mode::strict}, Way{"remote", Mode::remote},
                           Way{"remote_two_loops", Mode::remote, 2});
}

inline std::string name_of(const ::testing::TestParamInfo<Way>& info) { return info.param.name; }

/// Turns the loop until `condition` holds.
template <class Condition>
bool until(Condition condition) {
  auto deadline = Clock::now() + std::chrono::seconds(10);
  while (!condition() && Clock::now() < deadline) {
    fiber::Waiter turn;
    turn.wait(Clock::now() + std::chrono::milliseconds(1));
  }
  return condition();
}

/// Turns the loop until `count` has stopped growing: nothing is left that could make it grow.
template <class Count>
auto settled(const Count& count) {
  int quiet = 0;
  for (auto before = count.load(); quiet < 20; before = count.load()) {
    fiber::Waiter turn;
    turn.wait(Clock::now() + std::chrono::milliseconds(1));
    quiet = count.load() == before ? quiet + 1 : 0;
  }
  return count.load();
}

}  // namespace holon::testing
