// Experience: what one caller has learnt about one service, on one loop.
#pragma once

#include <vector>

#include "client/latency.h"
#include "client/retry_budget.h"
#include "client/terms.h"

namespace holon::client {

struct Experience {
  Experience(const RetryBudget::Rates& rates, std::size_t methods) : budget(rates), tails(methods), terms(methods) {}

  RetryBudget budget;
  std::vector<TailLatency> tails;  ///< by method
  std::vector<Terms> terms;        ///< by method: on which it calls; they may change while a call is under way
};

}  // namespace holon::client
