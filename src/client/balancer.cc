#include "client/balancer.h"

#include <algorithm>

#include "client/prequal.h"

namespace holon::client {
namespace {

/// Two different numbers below `count`, which is at least 2.
std::pair<std::size_t, std::size_t> two_of(std::size_t count, std::uint64_t random) {
  const std::size_t first = random % count;
  return {first, (first + 1 + (random >> 32) % (count - 1)) % count};
}

// Who has less to do, each of it as long as its calls take. Latencies that are about the same are: one call that was a little late
// must not starve an endpoint for seconds.
Candidate& lighter(Candidate& one, Candidate& two) {
  constexpr double alike = 2;
  const double first = one.latency(), second = two.latency();
  const bool same = first < alike * second && second < alike * first;
  const auto load = [&](const Candidate& each, double latency) {
    return static_cast<double>(each.in_flight() + 1) * (same ? 1 : latency);
  };
  return load(one, first) <= load(two, second) ? one : two;
}

}  // namespace

Candidate& TwoChoices::pick(Candidates from, const Pick& call) {
  if (from.size() == 1) return *from.front();
  const auto [first, second] = two_of(from.size(), call.random);
  return lighter(*from[first], *from[second]);
}

Candidate* TwoChoices::glance(Candidates all, const Pick& call) {
  if (all.size() < 2) return nullptr;
  const auto [first, second] = two_of(all.size(), call.random);
  Candidate& one = *all[first];
  Candidate& two = *all[second];
  const bool free = &one != call.elsewhere_than && &two != call.elsewhere_than;
  return free && one.fit() && two.fit() ? &lighter(one, two) : nullptr;
}

void RoundRobin::know(Candidates all) {
  std::erase_if(turns_, [&](const auto& each) { return std::ranges::find(all, each.first) == all.end(); });
}

// Those that never had a turn begin at random: many callers that make few calls each would all ask the first.
Candidate& RoundRobin::pick(Candidates from, const Pick& call) {
  Candidate* next = nullptr;
  for (std::size_t i = 0, first = call.random % from.size(); i < from.size(); ++i) {
    Candidate* const each = from[(first + i) % from.size()];
    if (next == nullptr || turns_[each] < turns_[next]) next = each;
  }
  turns_[next] = ++turn_;
  return *next;
}

std::unique_ptr<Balancer> make_balancer(Balance how) {
  switch (how) {
    case Balance::round_robin:
      return std::make_unique<RoundRobin>();
    case Balance::prequal:
      return std::make_unique<Prequal>();
    default:
      return std::make_unique<TwoChoices>();
  }
}

// FNV-1a, and the finalizer of SplitMix64 (Steele, Lea, Flood, 2014), without which similar texts would lie near each other.
std::uint64_t stable_hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 0xcbf29ce484222325 ^ seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

}  // namespace holon::client
