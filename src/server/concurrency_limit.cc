#include "server/concurrency_limit.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace holon::server {
namespace {

constexpr auto round_time = std::chrono::milliseconds(100);
constexpr std::uint32_t round_calls_min = 24;
constexpr double least = 2;
constexpr double crowd_min = 4;  // fewer are under way: they do not wait for each other
constexpr double done_min = 0.5;  // the share of calls: with fewer, most time goes to those that nobody waits for any more
constexpr double headroom = 1.15;
constexpr double growth = 1.25;
constexpr double hardly = 0.1;  // of the usual time: nobody waits
constexpr int rounds_between_probes = 20;
constexpr double probe_share = 0.6;  // of the limit: below what is needed, if the limit is not far too high

// What is usual sinks at once with what is seen, and rises so slowly that a queue that builds up is not taken for it.
constexpr double learn_down = 0.2;
constexpr double learn_up = 0.002;

}  // namespace

env::Duration ConcurrencyLimit::usual(std::size_t method) const {
  return env::Duration(method < methods_.size() ? static_cast<std::int64_t>(methods_[method].usual_ns) : 0);
}

void ConcurrencyLimit::ended(std::size_t method, End how, env::Duration took, env::Time now) {
  running_sum_ += static_cast<double>(running_--);
  ++ends_;
  if (static_cast<double>(running_) > limit_) return begin_round(now);  // those that began before it was lowered are still there
  if (how == End::late) ++late_;
  if (how == End::done) {
    ++done_;
    if (limit_ == none || now - took >= round_began_) add(method, took);
  }
  if (now - round_began_ >= round_time) end_round(now);
}

void ConcurrencyLimit::add(std::size_t number, env::Duration took) {
  if (number >= methods_.size()) methods_.resize(number + 1);
  Method& method = methods_[number];
  const double ns = std::max(1.0, static_cast<double>(took.count()));
  method.took_ns[method.ended++ % kept] = static_cast<float>(ns);
  method.least_ns = method.ended == 1 ? ns : std::min(method.least_ns, ns);
  ++seen_;
}

void ConcurrencyLimit::begin_round(env::Time now) {
  for (Method& method : methods_) method.ended = 0;
  round_began_ = now;
  ends_ = done_ = late_ = seen_ = 0;
  running_sum_ = 0;
}

// Too few calls for a judgement: the round goes on.
void ConcurrencyLimit::end_round(env::Time now) {
  if (seen_ + late_ < round_calls_min) return;
  const Sight sight = look(now);
  if (limit_ != none) {
    adapt(sight);
  } else if (crowded(sight)) {
    limit_to(sight);
  } else {
    learn(learn_up, learn_down);
  }
  begin_round(now);
}

ConcurrencyLimit::Sight ConcurrencyLimit::look(env::Time now) {
  Sight sight{.in_flight = running_sum_ / ends_,
              .done = static_cast<double>(done_) / (done_ + late_),
              .per_second = done_ / std::chrono::duration<double>(now - round_began_).count()};
  if (seen_ == 0) return sight;
  for (Method& method : methods_) {
    if (method.ended == 0) continue;
    look_at_method(method, sight.in_flight < crowd_min);
    const double share = static_cast<double>(method.ended) / seen_;
    sight.usual_ns += share * method.usual_ns;
    sight.took_ns += share * method.mean_ns;
    sight.wait_ns += share * std::max(0.0, method.median_ns - method.usual_ns);
  }
  usual_ = env::Duration(static_cast<std::int64_t>(sight.usual_ns));
  return sight;
}

// The first calls of a crowd have waited least.
void ConcurrencyLimit::look_at_method(Method& method, bool quiet) {
  const auto begin = method.took_ns.begin();
  const auto end = begin + std::min<std::uint32_t>(kept, method.ended);
  const auto middle = begin + (end - begin) / 2;
  std::nth_element(begin, middle, end);
  method.median_ns = *middle;
  method.mean_ns = std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin);
  if (method.usual_ns == 0) method.usual_ns = quiet ? method.median_ns : method.least_ns;
}

/// Moves what is usual by a share of the way to what was seen.
void ConcurrencyLimit::learn(double up, double down) {
  for (Method& method : methods_) {
    if (method.ended == 0) continue;
    const double way = method.median_ns - method.usual_ns;
    method.usual_ns += way * (way > 0 ? up : down);
  }
}

bool ConcurrencyLimit::crowded(const Sight& sight) const {
  if (sight.in_flight < crowd_min) return false;
  return sight.wait_ns > std::max(static_cast<double>(slack_.count()), sight.usual_ns) || sight.done < done_min;
}

void ConcurrencyLimit::limit_to(const Sight& sight) {
  limit_ = std::max(least, sight.needed() * headroom);
  before_ = sight;
  on_trial_ = true;
  rounds_to_probe_ = rounds_between_probes;
  before_probe_ = 0;
}

void ConcurrencyLimit::adapt(const Sight& sight) {
  if (sight.done < done_min) return;  // what was late says little
  if (before_ && lowered_in_vain(sight)) {
    learn(1, 1);
    return on_trial_ ? lift() : grow(before_->in_flight);
  }
  before_.reset();
  on_trial_ = false;
  if (before_probe_ > 0) {
    learn(0.5, 1);
    limit_ = std::exchange(before_probe_, 0);
    return;
  }
  if (!std::exchange(held_up_, false)) return learn(learn_up, learn_down);
  if (--rounds_to_probe_ <= 0) {
    rounds_to_probe_ = rounds_between_probes;
    before_probe_ = limit_;
    limit_ = std::max(least, limit_ * probe_share);
    return;
  }
  if (sight.took_ns < (1 + hardly) * sight.usual_ns) return grow(limit_);
  const double wanted = std::max(least, sight.needed() * headroom);
  if (wanted < limit_) before_ = sight;
  limit_ += (wanted - limit_) / 2;
}

// Where calls wait for each other, as many are done as before.
bool ConcurrencyLimit::lowered_in_vain(const Sight& sight) const {
  constexpr double clearly = 0.7;
  constexpr double noise = 0.3;  // of the way to what it was before
  const double share = sight.in_flight / before_->in_flight;
  return share < clearly && sight.per_second <= before_->per_second * (share + noise * (1 - share));
}

void ConcurrencyLimit::grow(double from) {
  limit_ = from * growth;
  before_.reset();
}

void ConcurrencyLimit::lift() {
  limit_ = none;
  before_.reset();
  before_probe_ = 0;
  on_trial_ = false;
}

}  // namespace holon::server
