// FakeCandidate: an endpoint of the tests' own, as a balancer sees it.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "client/balancer.h"

namespace holon::client {

class FakeCandidate final : public Candidate {
 public:
  explicit FakeCandidate(std::string name) : name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  bool reachable() const override { return is_reachable; }
  bool fit() const override { return is_reachable && is_allowed; }
  double well() const override { return goes_well; }
  std::size_t in_flight() const override { return calls; }
  double latency() const override { return latency_ms * 1e6; }

  bool is_reachable = true;
  bool is_allowed = true;  ///< by its breaker
  double goes_well = 1;
  std::size_t calls = 0;
  double latency_ms = 1;

 private:
  std::string name_;
};

/// So many, called "unix:/0", "unix:/1", ….
struct FakeCandidates {
  explicit FakeCandidates(int count) {
    for (int i = 0; i < count; ++i) all.push_back(&made.emplace_back("unix:/" + std::to_string(i)));
  }
  FakeCandidate& operator[](std::size_t i) { return made[i]; }
  std::size_t index(const Candidate& who) const {
    return static_cast<std::size_t>(std::find(all.begin(), all.end(), &who) - all.begin());
  }

  std::deque<FakeCandidate> made;
  std::vector<Candidate*> all;
};

/// The same sequence in every run.
class Dice {
 public:
  std::uint64_t operator()() { return stable_hash("dice", ++thrown_); }

 private:
  std::uint64_t thrown_ = 0;
};

}  // namespace holon::client
