#include "holon/task.h"

#include <cstdio>
#include <cstdlib>

#include "fiber/call.h"

namespace holon {
namespace {

constexpr auto drain_time = std::chrono::seconds(10);

}  // namespace

namespace internal {

class TaskState {
 public:
  explicit TaskState() = default;

  void finish() {
    done_ = true;
    if (joiner_ != nullptr) joiner_->wake();
  }
  Result<void> join() {
    if (done_) return {};
    fiber::Waiter waiter;
    joiner_ = &waiter;
    Result<void> waited = fiber::wait(waiter, *group_call_);
    joiner_ = nullptr;
    return waited;
  }
  void belongs_to(Call& group_call) { group_call_ = &group_call; }

 private:
  Call* group_call_ = nullptr;
  fiber::Waiter* joiner_ = nullptr;
  bool done_ = false;
};

class GroupState {
 public:
  explicit GroupState(Call& call) : call_(call), scope_(CallAccess::scope(call)) {}

  void spawn(std::shared_ptr<TaskState> task, std::function<void(Call&)> body) {
    task->belongs_to(call_);
    ++running_;
    fiber::Loop::current()->spawn([this, task = std::move(task), body = std::move(body)] {
      run(body);
      task->finish();
      if (--running_ == 0) idle_.wake();
    });
  }

  Result<void> wait() {
    while (running_ > 0) HOLON_TRY(fiber::wait(idle_, call_));
    return {};
  }

  void cancel() { scope_.cancel(); }

  void join() {
    env::Time until = fiber::Loop::current()->environment().now() + drain_time;
    while (running_ > 0) {
      if (idle_.wait(until) != fiber::Wake::late) continue;
      std::string method(call_.method());
      std::fprintf(stderr, "holon: a branch of a TaskGroup in %s ignored its cancellation for 10 s\n", method.c_str());
      std::abort();
    }
  }

 private:
  void run(const std::function<void(Call&)>& body) {
    fiber::Loop::current()->name_running(call_.method().empty() ? nullptr : &CallAccess::method(call_)->name);
    fiber::Loop::current()->enter_branch(&scope_);
    BranchCall branch(call_, scope_);
    try {
      body(branch);
    } catch (...) {
      // The task's result holds the error already: see TaskGroup::spawn.
    }
  }

  Call& call_;
  Scope scope_;
  fiber::Waiter idle_;
  std::size_t running_ = 0;
};

void spawn_branch(GroupState& group, std::shared_ptr<TaskState> task, std::function<void(Call&)> body) {
  group.spawn(std::move(task), std::move(body));
}

std::shared_ptr<TaskState> make_task_state() { return std::make_shared<TaskState>(); }

Result<void> join_branch(TaskState& task) { return task.join(); }

}  // namespace internal

TaskGroup::TaskGroup(Call& call) : state_(std::make_unique<internal::GroupState>(call)) {}

TaskGroup::~TaskGroup() {
  state_->cancel();
  state_->join();
}

Result<void> TaskGroup::wait() { return state_->wait(); }
void TaskGroup::cancel() { state_->cancel(); }

}  // namespace holon
