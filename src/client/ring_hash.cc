#include "client/ring_hash.h"

#include <algorithm>
#include <cmath>

namespace holon::client {
namespace {

constexpr double load_factor = 1.25;  // HAProxy's and Envoy's users know it as hash-balance-factor 125
constexpr std::uint64_t points_each = 128;  // shares of the ring differ by some 9 %

}  // namespace

void RingHash::know(Candidates all) {
  points_.clear();
  for (Candidate* each : all) {
    for (std::uint64_t i = 0; i < points_each; ++i) points_.emplace_back(stable_hash(each->name(), i), each);
  }
  std::ranges::sort(points_, {}, [](const auto& point) { return point.first; });
}

Candidate& RingHash::pick(Candidates from, const Pick& call) {
  std::size_t under_way = 1;  // this one
  for (const Candidate* each : from) under_way += each->in_flight();
  const double share = static_cast<double>(under_way) / static_cast<double>(from.size());
  const auto room = static_cast<std::size_t>(std::ceil(load_factor * share));
  const auto begin = std::ranges::lower_bound(points_, call.key.value_or(0), {}, [](const auto& point) { return point.first; });
  const auto first = static_cast<std::size_t>(begin - points_.begin());
  for (std::size_t i = 0; i < points_.size(); ++i) {
    Candidate* const each = points_[(first + i) % points_.size()].second;
    if (each->in_flight() < room && std::ranges::find(from, each) != from.end()) return *each;
  }
  return *from.front();
}

}  // namespace holon::client
