#include "server/admission.h"

#include <algorithm>
#include <string>

#include "wire/metadata.h"

namespace holon::server {
namespace {

constexpr auto come_again_first = std::chrono::milliseconds(100);
constexpr int come_again_doublings_max = 4;
constexpr int patience_of_critical = 5;  // they go first: where they wait, it goes by

Applicant& applicant(Waiting& call) { return static_cast<Applicant&>(call); }

/// What is left of its time does for nothing any more.
bool is_late(const Applicant& call, env::Duration takes, env::Time now) {
  return call.claim.deadline != env::Time::max() && call.claim.deadline - now <= takes;
}

}  // namespace

Metadata come_again_in(std::chrono::milliseconds time) {
  Metadata trailers;
  trailers.add(std::string(wire::push_back_name), std::to_string(time.count()));
  trailers.add(std::string(wire::unbegun_name), "1");
  return trailers;
}

/// The calls of one service and priority.
struct Admission::Queue : WaitingCalls, fiber::ListNode<Queue> {
  Queue(Gate& of, int which, const Rules& rules) : WaitingCalls(rules.queue_patience), gate(of), priority(which) {}
  Gate& gate;
  const int priority;
};

/// One service's.
struct Admission::Gate {
  explicit Gate(const Rules& rules)
      : limit(rules.queue_target), queues{Queue(*this, 0, rules), Queue(*this, 1, rules), Queue(*this, 2, rules)} {}
  ConcurrencyLimit limit;
  std::array<Queue, internal::Priority::count> queues;
};

Admission::Admission(const Rules& rules) : rules_(rules) {}
Admission::~Admission() = default;

Admission::Gate& Admission::gate(std::uint32_t service) {
  if (service >= gates_.size()) gates_.resize(service + 1);
  if (gates_[service] == nullptr) gates_[service] = std::make_unique<Gate>(rules_);
  return *gates_[service];
}

bool Admission::open(const Gate& gate) const { return !gate.limit.reached() && gate.limit.running() < rules_.running_max; }

// A short queue keeps whatever is behind the limit busy. Where there is no limit, it is the loop that calls wait for, one after
// the other: at 90 % load every tenth one waits for four, by the ups and downs of their arrival alone.
env::Duration Admission::target(const Queue& queue) const {
  const ConcurrencyLimit& of = queue.gate.limit;
  const double calls = of.value() == ConcurrencyLimit::none ? 4 : std::max(0.4, 2 / of.value());
  const env::Duration work(static_cast<std::int64_t>(calls * static_cast<double>(of.usual().count())));
  const env::Duration target = std::max(rules_.queue_target, work);
  return queue.priority == internal::Priority::critical ? patience_of_critical * target : target;
}

void Admission::arrive(Applicant& call, env::Time now) {
  Gate& gate = this->gate(call.claim.service);
  Queue& queue = gate.queues[call.claim.priority];
  if (queue.empty()) queues_[call.claim.priority].push_back(queue);
  queue.push(call, call.claim.caller, now);
  ++waiting_;
}

Applicant* Admission::next(env::Time now) {
  for (Queues& queues : queues_) {
    Applicant* found = nullptr;
    queues.each([&](Queue& queue) {
      if (found != nullptr) return;
      if (!open(queue.gate)) return queue.gate.limit.held_up();
      found = take(queue, now);
    });
    if (found != nullptr) return found;
  }
  return nullptr;
}

/// Of a service whose limit has room.
Applicant* Admission::take(Queue& queue, env::Time now) {
  ConcurrencyLimit& limit = queue.gate.limit;
  shed_stale(queue, now);
  while (!queue.empty()) {
    Applicant& call = applicant(queue.take(target(queue), now));
    settle(queue);
    const bool pressed = queue.overloaded() || limit.value() != ConcurrencyLimit::none;
    if (is_late(call, pressed ? limit.usual(call.claim.method) : env::Duration(), now)) {
      call.turned_away(Shed::late, {});
      continue;
    }
    limit.started();
    call.started_ = now;
    return &call;
  }
  return nullptr;
}

bool Admission::ready() {
  bool ready = false;
  for (Queues& queues : queues_) {
    queues.each([&](const Queue& queue) { ready = ready || open(queue.gate); });
  }
  return ready;
}

void Admission::ended(const Applicant& call, ConcurrencyLimit::End how, env::Time now) {
  gate(call.claim.service).limit.ended(call.claim.method, how, now - call.started_, now);
}

void Admission::returned(const Applicant& call) { gate(call.claim.service).limit.returned(); }

void Admission::withdraw(Applicant& call) {
  Queue& queue = gate(call.claim.service).queues[call.claim.priority];
  queue.remove(call);
  settle(queue);
}

/// One has left it: the next of its priority is another service's turn.
void Admission::settle(Queue& queue) {
  --waiting_;
  queue.unlink();
  if (!queue.empty()) queues_[queue.priority].push_back(queue);
}

void Admission::look(env::Time now) {
  for (const auto& gate : gates_) {
    if (gate == nullptr) continue;
    for (Queue& queue : gate->queues) {
      if (!queue.empty()) shed_stale(queue, now);
      if (!queue.empty()) shed_late(queue, now);
    }
  }
}

void Admission::shed_stale(Queue& queue, env::Time now) {
  queue.be_lenient(queue.gate.limit.on_trial(), now);
  while (!queue.empty()) {
    Waiting* stale = queue.take_stale(target(queue), now);
    if (stale == nullptr) return;
    settle(queue);
    applicant(*stale).turned_away(Shed::delay, come_again(queue));
  }
}

void Admission::shed_late(Queue& queue, env::Time now) {
  fiber::List<Waiting> late;  // first: whoever is told may have others withdrawn
  queue.each([&](Waiting& call) {
    if (!is_late(applicant(call), {}, now)) return;
    queue.remove(call);
    settle(queue);
    late.push_back(call);
  });
  while (!late.empty()) applicant(late.pop_front()).turned_away(Shed::late, {});
}

bool Admission::make_room(int priority) {
  for (int less = internal::Priority::count - 1; less > priority; --less) {
    if (queues_[less].empty()) continue;
    Queue& queue = queues_[less].front();
    Waiting& oldest = queue.take_oldest();
    settle(queue);
    applicant(oldest).turned_away(Shed::full, come_again(queue));
    return true;
  }
  return false;
}

std::chrono::milliseconds Admission::come_again(std::uint32_t service, int priority) {
  return come_again(gate(service).queues[priority]);
}

std::chrono::milliseconds Admission::come_again(const Queue& queue) {
  constexpr std::uint32_t golden = 2'654'435'769;  // of 2^32: its multiples spread evenly
  spread_ += golden;
  const int doublings = std::clamp(queue.overloaded_for() - 1, 0, come_again_doublings_max);
  const auto wait = come_again_first * (1 << doublings);
  return wait / 2 + std::chrono::milliseconds(wait.count() * (spread_ >> 22) >> 10);
}

Admission::State Admission::state(std::uint32_t service) const {
  if (service >= gates_.size() || gates_[service] == nullptr) return {};
  const Gate& gate = *gates_[service];
  State state{.limit = gate.limit.value(), .running = gate.limit.running()};
  for (const Queue& queue : gate.queues) {
    state.waiting += queue.size();
    state.overloaded = state.overloaded || queue.overloaded();
  }
  return state;
}

}  // namespace holon::server
