// Terms: how often a call is attempted, and when beside the attempt before; worked out of all who have a say in that.
//
//   terms_of(limits, method, said)
//
// For each of them holds what stands first: what `called:` of holon.yaml says of the method, and then of its service; the contract; the
// host's limits, which are their defaults if nobody set them. Pure functions.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "client/limits.h"
#include "holon/generated.h"

namespace holon::client {

struct Terms {
  std::size_t attempts_max = 1;       ///< the first one included
  std::size_t hedges_max = 0;
  env::Duration hedge_after{};        ///< 0: as late as few of the method's calls are
  env::Duration retry_wait_first{};
  env::Duration retry_wait_most{};
};

/// What somebody says of calls; what is not said is empty.
struct SaidOfCalls {
  std::optional<std::size_t> attempts_max{}, hedges_max{};
  std::optional<env::Duration> hedge_after{}, retry_wait_first{}, retry_wait_most{};

  bool operator==(const SaidOfCalls&) const = default;
};

/// … and of a service.
struct SaidOfService {
  SaidOfCalls calls;
  std::map<std::string, SaidOfCalls, std::less<>> methods{};  ///< by their names alone: "Charge"
  std::optional<std::size_t> retry_budget_percent{}, retry_budget_per_second{};
  Balance balance = Balance::unsaid;

  bool operator==(const SaidOfService&) const = default;
};

/// By full name.
using SaidOfServices = std::map<std::string, SaidOfService, std::less<>>;

/// @param said  of the method's service; null: nothing
Terms terms_of(const Limits& limits, const internal::MethodInfo& method, const SaidOfService* said);
/// Of requests by plain HTTP. They are hedged only where somebody says when an answer is late: what a path takes is not known.
Terms http_terms_of(const Limits& limits, const SaidOfService* said);
RetryBudget::Rates rates_of(const Limits& limits, const SaidOfService* said);
/// @param contract  as the callee's contract has it
Balance balance_of(const Limits& limits, Balance contract, const SaidOfService* said);

}  // namespace holon::client
