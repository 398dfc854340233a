#include "app/runtime.h"

namespace holon::app {

Runtime::Runtime(env::Environment& environment, unsigned loops) {
  for (unsigned i = 0; i < std::max(1u, loops); ++i) loops_.push_back(std::make_unique<fiber::Loop>(environment, i));
}

Runtime::~Runtime() {
  stop();
  while (loops_.size() > 1) loops_.pop_back();
}

std::vector<fiber::Loop*> Runtime::all() const {
  std::vector<fiber::Loop*> all;
  for (const auto& loop : loops_) all.push_back(loop.get());
  return all;
}

void Runtime::start() {
  for (std::size_t i = 1; i < loops_.size(); ++i) {
    threads_.emplace_back([loop = loops_[i].get()] { loop->run(); });
  }
}

void Runtime::stop() {
  if (threads_.empty()) return;
  for (std::size_t i = 1; i < loops_.size(); ++i) loops_[i]->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace holon::app
