#include "server/concurrency_limit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace holon::server {
namespace {

constexpr auto round_time = std::chrono::milliseconds(100);
constexpr std::uint32_t round_calls_min = 24;
constexpr std::uint32_t few = 4;  // calls that ended first: in a crowd they have waited least
constexpr double least = 2;
constexpr double crowd_min = 4;  // fewer are under way: they do not wait for each other
constexpr double done_min = 0.5;  // the share of calls: with fewer, most time goes to those that nobody waits for any more
constexpr double headroom = 1.15;
constexpr double growth = 1.15;
constexpr double hardly = 0.1;  // of the usual time: nobody waits
constexpr double far_above = 1.5;  // times the limit: it has just been lowered a lot
constexpr int rounds_between_probes = 20;
constexpr double probe_share = 0.6;  // of the limit: below what is needed, if the limit is not far too high

constexpr double chance = 2;  // two standard errors, or so

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
  if (static_cast<double>(running_) > limit_) {  // those that began before it was lowered are still there
    if (static_cast<double>(running_) > far_above * limit_) judges_from_ = now;
    return begin_round(now);
  }
  if (how == End::late) ++late_;
  if (how == End::done) {
    ++done_;
    if (limit_ == none || now - took >= judges_from_) add(method, took);
  }
  if (now - round_began_ >= round_time) end_round(now);
}

void ConcurrencyLimit::add(std::size_t number, env::Duration took) {
  if (number >= methods_.size()) methods_.resize(number + 1);
  Method& method = methods_[number];
  const double ns = std::max(1.0, static_cast<double>(took.count()));
  method.took_ns[method.ended++ % kept] = static_cast<float>(ns);
  if (method.ended == 1) method.first_ns = 0;
  if (method.ended <= few) method.first_ns += (ns - method.first_ns) / method.ended;
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
  } else if (!crowded(sight)) {
    crowded_before_ = false;
    learn(learn_up, learn_down);
  } else if (std::exchange(crowded_before_, true)) {  // once may be chance
    limit_to(sight);
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
    sight.wait_ns += share * std::max(0.0, method.median_ns - method.usual_ns - method.error_ns);
  }
  usual_ = env::Duration(static_cast<std::int64_t>(sight.usual_ns));
  return sight;
}

// Half of the calls are between the quarters, however much they differ by themselves: by that the median of so few is not certain
// (its standard error is 0.93 of that over the root of their number, for what is spread normally).
void ConcurrencyLimit::look_at_method(Method& method, bool quiet) {
  const auto begin = method.took_ns.begin();
  const auto end = begin + std::min<std::uint32_t>(kept, method.ended);
  const auto middle = begin + (end - begin) / 2, low = begin + (end - begin) / 4, high = middle + (end - middle) / 2;
  std::nth_element(begin, middle, end);
  std::nth_element(begin, low, middle);
  std::nth_element(middle, high, end);
  method.median_ns = *middle;
  method.error_ns = chance * (*high - *low) / std::sqrt(static_cast<double>(end - begin));
  method.mean_ns = std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin);
  if (method.usual_ns == 0) method.usual_ns = quiet ? method.median_ns : std::min(method.first_ns, method.median_ns);
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
  crowded_before_ = false;
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
  if (sight.in_flight < crowd_min) learn(0.5, 1);  // so few do not wait for each other: that is what they take
  if (before_probe_ > 0) {
    learn(0.5, 0.5);
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
  if (sight.wait_ns < hardly * sight.usual_ns) return grow(limit_);
  const double wanted = std::max(least, limit_ * sight.worked_on() * headroom);
  if (wanted < limit_) before_ = sight;
  limit_ += (wanted - limit_) / 2;
}

// Where calls wait for each other, as many are done as before, and sooner.
bool ConcurrencyLimit::lowered_in_vain(const Sight& sight) const {
  constexpr double clearly = 0.7;
  constexpr double noise = 0.3;  // of the way to what it was before
  const double share = sight.in_flight / before_->in_flight;
  if (share >= clearly) return false;
  const bool fewer = sight.per_second <= before_->per_second * (share + noise * (1 - share));
  return fewer || sight.took_ns >= before_->took_ns * (1 - noise * (1 - share));
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
