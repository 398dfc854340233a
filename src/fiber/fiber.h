// Fiber: a function with a stack of its own, which its loop runs until it waits. Known to fiber/ alone.
#pragma once

#include <boost/context/detail/fcontext.hpp>

#include <functional>
#include <string_view>

#include "fiber/list.h"
#include "fiber/stack.h"

namespace holon::internal {
class Scope;
}

namespace holon::fiber {

/// What the C++ runtime keeps per thread of exceptions in flight (Itanium C++ ABI, 2.2.2); here it goes with the fiber, so
/// that a fiber may wait inside a catch block.
struct ExceptionState {
  void* caught = nullptr;
  unsigned int uncaught = 0;
};

class Fiber final : public ListNode<Fiber> {
 public:
  /// Makes one at the top of its own stack, so that nothing is allocated. Ends by its destructor; the stack is the caller's.
  static Fiber& on(Stack stack, std::function<void()> body);
  ~Fiber();

  /// Runs it until it suspends or ends. From the loop's own stack.
  void resume();
  /// Back to the loop. From the fiber.
  void suspend();

  bool ended() const { return ended_; }
  const Stack& stack() const { return stack_; }
  const std::string_view* method() const { return method_; }
  void set_method(const std::string_view* method) { method_ = method; }
  internal::Scope* branch() const { return branch_; }
  void set_branch(internal::Scope* scope) { branch_ = scope; }

 private:
  Fiber(Stack stack, std::function<void()> body);

  static void enter(boost::context::detail::transfer_t from);
  [[noreturn]] void run();
  void leave(bool for_good);
  void switched_in();

  Stack stack_;
  boost::context::detail::fcontext_t context_;
  boost::context::detail::fcontext_t loop_context_ = nullptr;
  ExceptionState exceptions_;
  std::function<void()> body_;
  const std::string_view* method_ = nullptr;
  internal::Scope* branch_ = nullptr;
  bool ended_ = false;
#if defined(__SANITIZE_ADDRESS__)
  void* fake_stack_ = nullptr;
  void* loop_fake_stack_ = nullptr;
  const void* loop_stack_bottom_ = nullptr;
  std::size_t loop_stack_size_ = 0;
#endif
#if defined(HOLON_SANITIZE_THREAD)
  void* tsan_fiber_ = nullptr;
  void* tsan_loop_ = nullptr;
#endif
};

/// The fiber that runs on this thread, or null.
const Fiber* running_fiber();

}  // namespace holon::fiber
