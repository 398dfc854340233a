#include "fiber/timer_heap.h"

namespace holon::fiber {

Due::~Due() {
  if (heap_ != nullptr) heap_->remove(*this);
}

TimerHeap::~TimerHeap() {
  for (Due* due : heap_) due->heap_ = nullptr;
}

void TimerHeap::add(Due& due, env::Time at) {
  remove(due);
  due.heap_ = this;
  due.at_ = at;
  heap_.push_back(&due);
  due.place_ = heap_.size() - 1;
  rise(due.place_);
}

void TimerHeap::remove(Due& due) {
  if (due.heap_ == nullptr) return;
  std::size_t hole = due.place_;
  due.heap_ = nullptr;
  Due* last = heap_.back();
  heap_.pop_back();
  if (last == &due) return;
  put(last, hole);
  rise(hole);
  sink(last->place_);
}

void TimerHeap::fire(env::Time now) {
  for (std::size_t most = heap_.size(); most > 0 && next() <= now; --most) {
    Due& due = *heap_.front();
    remove(due);
    due.due();
  }
}

void TimerHeap::rise(std::size_t at) {
  Due* due = heap_[at];
  while (at > 0) {
    std::size_t parent = (at - 1) / 2;
    if (heap_[parent]->at_ <= due->at_) break;
    put(heap_[parent], at);
    at = parent;
  }
  put(due, at);
}

void TimerHeap::sink(std::size_t at) {
  Due* due = heap_[at];
  for (;;) {
    std::size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1]->at_ < heap_[child]->at_) ++child;
    if (due->at_ <= heap_[child]->at_) break;
    put(heap_[child], at);
    at = child;
  }
  put(due, at);
}

}  // namespace holon::fiber
