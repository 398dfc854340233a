// Knowledge: what a process knows just now of the services that it calls: how their endpoints are, and how many attempts may still be
// made again. For people and metrics: each loop is asked on its own thread, so that calls pay nothing for it.
//
//   const Knowledge known = pools.knowledge(call);
//   for (const EndpointKnown& endpoint : known.endpoints) if (endpoint.breaker != Breaker::State::closed) …
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/breaker.h"
#include "env/environment.h"

namespace holon::client {

struct EndpointKnown {
  std::string service;  ///< full name
  std::string address;
  Breaker::State breaker = Breaker::State::closed;  ///< the worst of all loops
  bool reachable = true;                            ///< to all loops
  env::Duration out_for{};                          ///< since its breaker opened, on the loop where that is longest ago
  std::uint64_t trips = 0;
  std::uint64_t in_flight = 0;
  env::Duration latency{};                          ///< the longest that a loop knows
};

struct BudgetKnown {
  std::string caller;   ///< full name; empty: no service
  std::string service;
  double left = 0;      ///< attempts
};

struct Knowledge {
  std::vector<EndpointKnown> endpoints;
  std::vector<BudgetKnown> budgets;

  /// What another loop knows.
  void add(const Knowledge& other);
};

/// Who knows of endpoints that are no pool's: those of plain HTTP.
class KnowledgeSource {
 public:
  virtual ~KnowledgeSource() = default;
  /// Adds what the calling loop knows.
  virtual void tell(Knowledge& knowledge) const = 0;
};

}  // namespace holon::client
