// Experience: what one caller has learnt about one service, on one loop.
#pragma once

#include <vector>

#include "client/latency.h"
#include "client/retry_budget.h"

namespace holon::client {

struct Experience {
  Experience(const RetryBudget::Rates& rates, std::size_t methods) : budget(rates), tails(methods) {}

  RetryBudget budget;
  std::vector<TailLatency> tails;  ///< by method
};

}  // namespace holon::client
