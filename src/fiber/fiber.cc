#include "fiber/fiber.h"

#include <cxxabi.h>
#include <pthread.h>

#include <cstring>
#include <new>
#include <utility>

#include "fiber/loop.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(HOLON_SANITIZE_THREAD)
#include <sanitizer/tsan_interface.h>
#endif

namespace holon::fiber {
namespace {

using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

thread_local Fiber* running = nullptr;

// The lowest address of the thread's own stack; asked of the C library once.
char* thread_stack_bottom() {
  thread_local char* bottom = [] {
    pthread_attr_t attributes;
    void* low = nullptr;
    std::size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
      pthread_attr_getstack(&attributes, &low, &size);
      pthread_attr_destroy(&attributes);
    }
    return static_cast<char*>(low);
  }();
  return bottom;
}

void swap_exceptions(ExceptionState& with) {
  auto* globals = reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals());
  std::swap(*globals, with);
}

}  // namespace

const Fiber* running_fiber() { return running; }

std::size_t stack_left() {
  auto* here = static_cast<char*>(__builtin_frame_address(0));
  char* bottom = running != nullptr ? running->stack().bottom : thread_stack_bottom();
  // AddressSanitizer may put frames on a heap of its own; then nothing can be said, and there is enough.
  return here > bottom ? static_cast<std::size_t>(here - bottom) : StackPool::stack_bytes;
}

Fiber& Fiber::on(Stack stack, std::function<void()> body) {
  constexpr std::size_t alignment = 64;
  void* place = stack.top - (sizeof(Fiber) + alignment - 1) / alignment * alignment;
  return *new (place) Fiber(stack, std::move(body));
}

// The frames begin below the object itself.
Fiber::Fiber(Stack stack, std::function<void()> body)
    : stack_(stack),
      context_(make_fcontext(this, static_cast<std::size_t>(reinterpret_cast<char*>(this) - stack.bottom), &Fiber::enter)),
      body_(std::move(body)) {
#if defined(HOLON_SANITIZE_THREAD)
  tsan_fiber_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
#if defined(HOLON_SANITIZE_THREAD)
  __tsan_destroy_fiber(tsan_fiber_);
#endif
}

void Fiber::resume() {
  Fiber* before = std::exchange(running, this);
  swap_exceptions(exceptions_);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(&loop_fake_stack_, stack_.bottom, stack_.size());
#endif
#if defined(HOLON_SANITIZE_THREAD)
  tsan_loop_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(tsan_fiber_, 0);
#endif
  context_ = jump_fcontext(context_, this).fctx;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(loop_fake_stack_, nullptr, nullptr);
#endif
  swap_exceptions(exceptions_);
  running = before;
}

void Fiber::suspend() {
  leave(false);
  switched_in();
}

void Fiber::leave(bool for_good) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_stack_, loop_stack_bottom_, loop_stack_size_);
#endif
#if defined(HOLON_SANITIZE_THREAD)
  __tsan_switch_to_fiber(tsan_loop_, 0);
#endif
  ended_ = for_good;
  loop_context_ = jump_fcontext(loop_context_, nullptr).fctx;
}

void Fiber::switched_in() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_stack_, &loop_stack_bottom_, &loop_stack_size_);
#endif
}

void Fiber::enter(transfer_t from) {
  auto* self = static_cast<Fiber*>(from.data);
  self->loop_context_ = from.fctx;
  self->switched_in();
  self->run();
}

void Fiber::run() {
  body_();
  body_ = nullptr;  // what it captured is destroyed here, on its own stack
  leave(true);
  __builtin_unreachable();
}

}  // namespace holon::fiber
