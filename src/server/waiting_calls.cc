#include "server/waiting_calls.h"

#include <utility>

namespace holon::server {
namespace {

constexpr std::uint32_t shed_of = 10;  // fewer than one in so many are given up: the standing queue is gone
constexpr int leniency_to_modest = 3;  // a caller with little has not made the queue, and its turn comes soon
constexpr auto standstill = std::chrono::milliseconds(50);  // without a look: the process had no processor, and is no judge
constexpr auto wary_time = std::chrono::seconds(1);

}  // namespace

WaitingCalls::~WaitingCalls() {
  each([this](Waiting& call) { leave(call); });
}

void WaitingCalls::push(Waiting& call, std::size_t caller, env::Time now) {
  if (empty() && !overloaded_) fine_at_ = now;
  call.room_ = this;
  call.since_ = now;
  call.lane_ = static_cast<std::uint8_t>(caller % lanes);
  lanes_[call.lane_].push_back(call);
  ++length_[call.lane_];
  used_ |= std::uint64_t{1} << call.lane_;
  ++size_;
}

Waiting& WaitingCalls::leave(Waiting& call) {
  call.unlink();
  call.room_ = nullptr;
  --size_;
  if (--length_[call.lane_] == 0) used_ &= ~(std::uint64_t{1} << call.lane_);
  return call;
}

unsigned WaitingCalls::next_lane() {
  const std::uint64_t later = used_ & (~std::uint64_t{0} << turn_);
  const auto lane = static_cast<unsigned>(std::countr_zero(later != 0 ? later : used_));
  turn_ = (lane + 1) % lanes;
  return lane;
}

Waiting& WaitingCalls::take(env::Duration target, env::Time now) {
  fiber::List<Waiting>& lane = lanes_[next_lane()];
  look(target, now);
  Waiting& call = leave(overloaded_ ? lane.back() : lane.front());
  if (now - call.since_ <= target || empty()) fine_at_ = now;
  count(false, target, now);
  return call;
}

Waiting* WaitingCalls::take_stale(env::Duration target, env::Time now) {
  look(target, now);
  if (!overloaded_) return nullptr;
  for (std::uint64_t left = used_; left != 0; left &= left - 1) {
    const int lane = std::countr_zero(left);
    Waiting& oldest = lanes_[lane].front();
    if (now - oldest.since_ <= (is_modest(lane) ? leniency_to_modest * target : target)) continue;
    count(true, target, now);
    return &leave(oldest);
  }
  return nullptr;
}

Waiting& WaitingCalls::take_oldest() {
  const auto fullest = std::max_element(std::begin(length_), std::end(length_)) - std::begin(length_);
  return leave(lanes_[fullest].front());
}

/// Whether it has less than half of its share of what waits.
bool WaitingCalls::is_modest(int lane) const {
  return std::size_t{2} * length_[lane] * static_cast<std::size_t>(std::popcount(used_)) <= size_;
}

void WaitingCalls::remove(Waiting& call) { leave(call); }

void WaitingCalls::count(bool shed, env::Duration target, env::Time now) {
  ++(shed ? shed_ : started_);
  if (!overloaded_ || now - period_began_ < std::max(patience_, 5 * target)) return;
  const bool still = shed_ * shed_of >= shed_ + started_;
  overloaded_ = still;
  overloaded_for_ = still ? overloaded_for_ + 1 : 0;
  if (!still) wary_until_ = now + wary_time;
  fine_at_ = period_began_ = now;
  started_ = shed_ = 0;
}

void WaitingCalls::look(env::Duration target, env::Time now) {
  const env::Duration unseen = now - std::exchange(looked_at_, now);
  if (unseen > standstill && looked_at_ - unseen >= fine_at_) fine_at_ += unseen - standstill;
  if (overloaded_ || empty() || now - fine_at_ <= patience(target, now)) return;
  overloaded_ = true;
  overloaded_for_ = 1;
  period_began_ = now;
  started_ = shed_ = 0;
}

}  // namespace holon::server
