#include "client/prequal.h"

#include <algorithm>

namespace holon::client {
namespace {

constexpr env::Duration age_max = std::chrono::seconds(1);
constexpr int uses_max = 16;             // then it says too little of how things are now
constexpr double cold_share = 0.84;      // 2^-0.25, as the paper's Q_RIF
constexpr double busy_min = 3;           // fewer under way are no crowd, though most may have none

}  // namespace

// The latency is what calls took on average since it was asked before. While none ends, what was known is forgotten slowly, so that
// an endpoint that was slow is tried again.
void Prequal::told(const Candidate& who, const Load& load, env::Time now) {
  Report& report = reports_[&who];
  const bool went_on = report.ended > 0 && load.ended > report.ended && load.ended_ns >= report.ended_ns;
  if (went_on) {
    const std::uint64_t each = (load.ended_ns - report.ended_ns) / (load.ended - report.ended);
    report.latency.add(env::Duration(static_cast<std::int64_t>(each)), now);
  }
  report.at = now;
  report.uses = 0;
  report.in_flight = static_cast<double>(load.in_flight);
  report.ended = load.ended;
  report.ended_ns = load.ended_ns;
  remember(report.in_flight);
}

void Prequal::remember(double in_flight) {
  last_in_flight_[told_++ % remembered] = in_flight;
  std::array<double, remembered> sorted = last_in_flight_;
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(told_, remembered));
  const auto quantile = sorted.begin() + static_cast<std::ptrdiff_t>(cold_share * static_cast<double>(end - sorted.begin() - 1));
  std::nth_element(sorted.begin(), quantile, end);
  hot_above_ = std::max(busy_min, *quantile);
}

void Prequal::know(Candidates all) {
  std::erase_if(reports_, [&](const auto& each) { return std::ranges::find(all, each.first) == all.end(); });
}

Prequal::Report* Prequal::fresh(const Candidate& who, env::Time now) {
  const auto found = reports_.find(&who);
  if (found == reports_.end()) return nullptr;
  Report& report = found->second;
  return now - report.at <= age_max && report.uses < uses_max ? &report : nullptr;
}

// An endpoint that is so busy that it answers late says how it was before.
Prequal::Sight Prequal::sight_of(const Candidate& who, const Report& report, env::Time now) {
  return {std::max(report.in_flight, static_cast<double>(who.in_flight())), report.latency.at(now)};
}

// The paper's servers say how long calls take with as many under way as there are. Here it is in proportion to these.
bool Prequal::better(const Sight& one, const Sight& two) const {
  if (hot(one) != hot(two)) return hot(two);
  if (hot(one)) return one.in_flight < two.in_flight;
  return one.latency_ns * (one.in_flight + 1) < two.latency_ns * (two.in_flight + 1);
}

// Equal ones are taken as chance has it: they are looked at from a random one on.
Candidate& Prequal::pick(Candidates from, const Pick& call) {
  Candidate* best = nullptr;
  Report* its = nullptr;
  Sight seen{};
  int known = 0;
  for (std::size_t i = 0, first = call.random % from.size(); i < from.size(); ++i) {
    Candidate* const each = from[(first + i) % from.size()];
    Report* const report = fresh(*each, call.now);
    if (report == nullptr) continue;
    ++known;
    const Sight sight = sight_of(*each, *report, call.now);
    if (its != nullptr && !better(sight, seen)) continue;
    best = each;
    its = report;
    seen = sight;
  }
  if (known < 2) return otherwise_.pick(from, call);
  ++its->uses;
  ++its->in_flight;
  return *best;
}

}  // namespace holon::client
