#include "fiber/loop.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "env/cycles.h"
#include "fiber/fiber.h"
#include "fiber/timer_heap.h"
#include "fiber/waiter.h"

namespace holon::fiber {
namespace {

// A turn gives way to the world after this many switches, so that fibers that wake each other can't starve it.
constexpr int switches_per_turn_max = 1024;
constexpr auto recalibration_period = std::chrono::seconds(1);

thread_local Loop* current_loop = nullptr;

[[noreturn]] void misuse(const char* what) {
  std::fprintf(stderr, "holon: %s\n", what);
  std::abort();
}

OverflowReporter& overflow_reporter() {
  thread_local OverflowReporter reporter;
  return reporter;
}

}  // namespace

void Timer::start(env::Time at) { Loop::current()->timers_->add(*this, at); }

void Timer::stop() {
  if (scheduled()) Loop::current()->timers_->remove(*this);
}

Loop::Loop(env::Environment& environment, unsigned index)
    : environment_(environment),
      index_(index),
      reactor_(environment.make_reactor()),
      stacks_(std::make_unique<StackPool>()),
      timers_(std::make_unique<TimerHeap>()),
      now_(environment.now()) {
  if (current_loop == nullptr) current_loop = this;
  overflow_reporter();
}

Loop::~Loop() {
  if (current_loop == this) current_loop = nullptr;
}

Loop* Loop::current() { return current_loop; }

void Loop::run() {
  current_loop = this;
  overflow_reporter();
  while (!stopping_.load(std::memory_order_relaxed)) turn();
  settle();
}

void Loop::stop() {
  post([this] { stopping_.store(true, std::memory_order_relaxed); });
}

void Loop::spawn(std::function<void()> body) {
  ++fibers_;
  ready_.push_back(Fiber::on(stacks_->take(), std::move(body)));
}

void Loop::post(std::function<void()> work) {
  // The wake-up is given under the lock: `work` may end the loop, which then waits here before it is gone.
  std::lock_guard lock(posted_mutex_);
  posted_.push_back(std::move(work));
  if (!woken_.exchange(true)) reactor_->wake();
}

void Loop::defer(TurnEnd& hook) {
  if (!hook.linked()) deferred_.push_back(hook);
}

const std::string_view* Loop::name_running(const std::string_view* method) {
  progress_.method.store(method, std::memory_order_relaxed);
  if (running_ == nullptr) return nullptr;
  const std::string_view* before = running_->method();
  running_->set_method(method);
  return before;
}

void Loop::enter_branch(internal::Scope* scope) {
  if (running_ != nullptr) running_->set_branch(scope);
}

internal::Scope* Loop::branch() const { return running_ != nullptr ? running_->branch() : nullptr; }

// One turn: wait for the world (its watchers make fibers ready), run them, then let what gathered be written.
void Loop::turn() {
  if (turning_) misuse("a callback of the loop waited; only fibers may wait: spawn one");
  turning_ = true;
  bool busy = !ready_.empty() || !yielded_.empty() || !deferred_.empty() || woken_.load(std::memory_order_relaxed);
  env::Time until = busy ? now_ : timers_->next();
  idle_.store(!busy, std::memory_order_relaxed);
  slept_ = true;
  reactor_->wait(until);
  idle_.store(false, std::memory_order_relaxed);
  if (awaited_.load(std::memory_order_relaxed)) tell_busy();
  settle();
  turning_ = false;
}

void Loop::wake_when_busy(env::Reactor* reactor) {
  std::lock_guard lock(awaiting_mutex_);
  awaiting_ = reactor;
  awaited_.store(reactor != nullptr);
}

void Loop::tell_busy() {
  std::lock_guard lock(awaiting_mutex_);
  if (env::Reactor* reactor = std::exchange(awaiting_, nullptr)) reactor->wake();
  awaited_.store(false);
}

void Loop::settle() {
  note_time();
  if (now_ - recalibrated_ > recalibration_period) {
    env::recalibrate_cycles();
    recalibrated_ = now_;
  }
  run_posted();
  timers_->fire(now_);
  while (!yielded_.empty()) ready_.push_back(yielded_.pop_front());
  run_ready();
  while (!deferred_.empty()) deferred_.pop_front().turn_ended();
}

void Loop::run_posted() {
  if (!woken_.exchange(false)) return;
  std::vector<std::function<void()>> work;
  {
    std::lock_guard lock(posted_mutex_);
    work.swap(posted_);
  }
  for (auto& each : work) each();
}

void Loop::run_ready() {
  for (int i = 0; i < switches_per_turn_max && !ready_.empty(); ++i) resume(ready_.pop_front());
}

void Loop::resume(Fiber& fiber) {
  running_ = &fiber;
  progress_.switches.store(progress_.switches.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  progress_.method.store(fiber.method(), std::memory_order_relaxed);
  fiber.resume();
  progress_.switches.store(progress_.switches.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  running_ = nullptr;
  if (!fiber.ended()) return;
  Stack stack = fiber.stack();
  fiber.~Fiber();
  stacks_->give_back(stack);
  --fibers_;
}

void Loop::make_ready(Fiber& fiber) { ready_.push_back(fiber); }

void Loop::park(const bool& done) {
  if (running_ != nullptr) {
    running_->suspend();
    return;
  }
  while (!done) turn();
}

Wake Waiter::wait(env::Time deadline, internal::Scope* scope) {
  if (!done_) {
    loop_ = Loop::current();
    internal::Scope* branch = loop_->branch();
    if (branch != nullptr && branch != scope && scope != nullptr && branch->below(*scope)) scope = branch;
    if (scope != nullptr && scope->cancelled()) return Wake::cancelled;
    if (deadline != env::Time::max()) {
      if (deadline <= loop_->now()) return Wake::late;
      loop_->timers_->add(*this, deadline);
    }
    if (scope != nullptr) scope->waiting_.push_back(*this);
    fiber_ = loop_->running_;
    loop_->park(done_);
    fiber_ = nullptr;
  }
  done_ = false;
  return how_;
}

void Waiter::finish(Wake how) {
  if (done_) return;
  done_ = true;
  how_ = how;
  unlink();
  if (scheduled()) loop_->timers_->remove(*this);
  if (fiber_ != nullptr) loop_->make_ready(*fiber_);
}

void yield() {
  Loop& loop = *Loop::current();
  if (loop.running_ == nullptr) return;
  loop.yielded_.push_back(*loop.running_);
  loop.running_->suspend();
}

}  // namespace holon::fiber

namespace holon::internal {

bool Scope::below(const Scope& other) const {
  const Scope* scope = parent_;
  while (scope != nullptr && scope != &other) scope = scope->parent_;
  return scope != nullptr;
}

void Scope::cancel() {
  if (cancelled_) return;
  cancelled_ = true;
  while (!waiting_.empty()) waiting_.front().finish(fiber::Wake::cancelled);
  children_.each([](Scope& child) { child.cancel(); });
}

}  // namespace holon::internal
