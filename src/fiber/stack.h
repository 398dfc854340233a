// Stacks: mapped with a guard page below, pooled per loop (a fresh one costs 11.7 µs, one from the pool nothing).
#pragma once

#include <cstddef>
#include <vector>

namespace holon::fiber {

/// Grows down from `top`; touching the page below `bottom` is an overflow, which is named (see overflow.cc).
struct Stack {
  char* bottom = nullptr;
  char* top = nullptr;

  std::size_t size() const { return static_cast<std::size_t>(top - bottom); }
};

class StackPool {
 public:
#if defined(__SANITIZE_ADDRESS__) || defined(HOLON_SANITIZE_THREAD)
  static constexpr std::size_t stack_bytes = 1 << 20;  // sanitizers' frames are several times as large
#else
  static constexpr std::size_t stack_bytes = 256 << 10;  // reserved, not resident: a page costs when it is touched
#endif
  static constexpr std::size_t kept_max = 1024;

  StackPool() = default;
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  /// Throws std::bad_alloc when the kernel gives no more.
  Stack take();
  void give_back(Stack stack);

 private:
  std::vector<Stack> free_;
};

/// From here on a touched guard page is reported as "fiber stack overflow in METHOD" before the process aborts. Per thread:
/// the handler needs a stack of its own.
class OverflowReporter {
 public:
  OverflowReporter();
  ~OverflowReporter();
  OverflowReporter(const OverflowReporter&) = delete;
  OverflowReporter& operator=(const OverflowReporter&) = delete;

 private:
  char* handler_stack_ = nullptr;
};

}  // namespace holon::fiber
