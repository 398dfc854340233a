#include "fiber/stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <mutex>
#include <new>

#include "fiber/fiber.h"
#include "fiber/loop.h"

namespace holon::fiber {
namespace {

constexpr std::size_t guard_bytes = 4096;
constexpr std::size_t handler_stack_bytes = 64 << 10;

void unmap(Stack stack) { ::munmap(stack.bottom - guard_bytes, stack.size() + guard_bytes); }

void write_text(std::string_view text) {
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

struct sigaction previous_action;

// Async-signal-safe: reads the running fiber's bounds and writes to standard error.
void on_fault(int signal, siginfo_t* info, void* context) {
  const Fiber* fiber = running_fiber();
  auto* address = static_cast<char*>(info->si_addr);
  if (fiber != nullptr && address >= fiber->stack().bottom - guard_bytes && address < fiber->stack().bottom) {
    write_text("holon: fiber stack overflow in ");
    write_text(fiber->method() != nullptr ? *fiber->method() : std::string_view("a background task"));
    write_text(": it used more than its 256 KiB; look for deep recursion or large local arrays\n");
    ::signal(SIGABRT, SIG_DFL);
    ::abort();
  }
  if ((previous_action.sa_flags & SA_SIGINFO) != 0) {
    previous_action.sa_sigaction(signal, info, context);
  } else if (previous_action.sa_handler != SIG_DFL && previous_action.sa_handler != SIG_IGN) {
    previous_action.sa_handler(signal);
  } else {
    ::signal(signal, SIG_DFL);  // returns to the fault, which then ends the process as ever
  }
}

void install_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGSEGV, &action, &previous_action);
  });
}

}  // namespace

StackPool::~StackPool() {
  for (Stack stack : free_) unmap(stack);
}

Stack StackPool::take() {
  if (!free_.empty()) {
    Stack stack = free_.back();
    free_.pop_back();
    return stack;
  }
  void* mapped = ::mmap(nullptr, stack_bytes + guard_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* base = static_cast<char*>(mapped);
  ::mprotect(base, guard_bytes, PROT_NONE);
  return {base + guard_bytes, base + guard_bytes + stack_bytes};
}

void StackPool::give_back(Stack stack) {
  if (free_.size() < kept_max) {
    free_.push_back(stack);
  } else {
    unmap(stack);
  }
}

OverflowReporter::OverflowReporter() {
  install_handler();
  stack_t old{};
  ::sigaltstack(nullptr, &old);
  if ((old.ss_flags & SS_DISABLE) == 0) return;  // a sanitizer has set one up
  handler_stack_ = new char[handler_stack_bytes];
  stack_t mine{};
  mine.ss_sp = handler_stack_;
  mine.ss_size = handler_stack_bytes;
  ::sigaltstack(&mine, nullptr);
}

OverflowReporter::~OverflowReporter() {
  if (handler_stack_ == nullptr) return;
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  ::sigaltstack(&none, nullptr);
  delete[] handler_stack_;
}

}  // namespace holon::fiber
