#include "client/target.h"

#include <algorithm>

namespace holon::client {
namespace {

constexpr double overprovisioning = 1.4;

/// The share of all calls that may go to these, 0 to 1.
double capacity(Candidates tier, const Candidate* elsewhere_than) {
  double well = 0;
  for (const Candidate* each : tier) {
    if (each != elsewhere_than && each->fit()) well += each->well();
  }
  return std::min(1.0, overprovisioning * well / static_cast<double>(tier.size()));
}

}  // namespace

void Target::know(const std::vector<Placed>& endpoints) {
  all_.clear();
  tiers_.clear();
  std::array<Tier, nearnesses> tiers;
  for (const Placed& each : endpoints) {
    all_.push_back(each.candidate);
    tiers[near_first_ ? static_cast<std::size_t>(each.where) : 0].push_back(each.candidate);
  }
  for (Tier& tier : tiers) {
    if (!tier.empty()) tiers_.push_back(std::move(tier));
  }
  balancer_->know(all_);
  if (ring_ != nullptr) ring_->know(all_);
}

Target::Choice Target::choose(const Pick& call) {
  if (all_.size() == 1) return {*all_.front()};
  if (call.key) {
    if (ring_ == nullptr) {
      ring_ = std::make_unique<RingHash>();
      ring_->know(all_);
    }
    return {choose_carefully(all_, *ring_, call, false)};
  }
  if (tiers_.size() == 1) return {choose_among(all_, call, false)};
  const Tier& tier = tier_for(call);
  Candidate& chosen = choose_among(tier, call, &tier != &all_);
  return {chosen, std::ranges::find(tiers_.front(), &chosen) == tiers_.front().end()};
}

/// All of them, if none is well.
const Target::Tier& Target::tier_for(const Pick& call) const {
  double left = 1;
  std::array<double, nearnesses> shares{};
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    shares[i] = std::min(left, capacity(tiers_[i], call.elsewhere_than));
    left -= shares[i];
  }
  // Other bits than those by which one of the tier is chosen: the share of the calls must be one of each endpoint's calls, too.
  double at = (1 - left) * static_cast<double>(stable_hash({}, call.random) >> 11) * 0x1p-53;
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    if (at < shares[i]) return tiers_[i];
    at -= shares[i];
  }
  return all_;
}

Candidate& Target::choose_among(const Tier& tier, const Pick& call, bool spills) {
  Candidate* const glanced = balancer_->glance(tier, call);
  return glanced != nullptr ? *glanced : choose_carefully(tier, *balancer_, call, spills);
}

// Open breakers are obeyed while at least half of the endpoints are left, or others take over: fewer would break under the load of all.
Candidate& Target::choose_carefully(const Tier& tier, Balancer& balancer, const Pick& call, bool spills) {
  Tier reachable, fit;
  for (Candidate* each : tier) {
    if (!each->reachable()) continue;
    reachable.push_back(each);
    if (each->fit()) fit.push_back(each);
  }
  const bool enough = 2 * fit.size() >= tier.size() || (spills && !fit.empty());
  Tier from = enough ? std::move(fit) : std::move(reachable);
  if (from.empty()) from = tier;
  if (from.size() > 1) std::erase(from, call.elsewhere_than);
  return balancer.pick(from.empty() ? tier : from, call);
}

}  // namespace holon::client
