#include "client/terms.h"

namespace holon::client {
namespace {

std::string_view name_alone(const internal::MethodInfo& method) { return method.name.substr(method.name.find('/') + 1); }

void lay_over(Terms& terms, const SaidOfCalls& said) {
  terms.attempts_max = said.attempts_max.value_or(terms.attempts_max);
  terms.hedges_max = said.hedges_max.value_or(terms.hedges_max);
  terms.hedge_after = said.hedge_after.value_or(terms.hedge_after);
  terms.retry_wait_first = said.retry_wait_first.value_or(terms.retry_wait_first);
  terms.retry_wait_most = said.retry_wait_most.value_or(terms.retry_wait_most);
}

SaidOfCalls said_by(const internal::AttemptRules& contract) {
  SaidOfCalls said;
  if (contract.attempts_max > 0) said.attempts_max = contract.attempts_max;
  if (contract.hedges_max >= 0) said.hedges_max = static_cast<std::size_t>(contract.hedges_max);
  if (contract.hedge_after_ns > 0) said.hedge_after = std::chrono::nanoseconds(contract.hedge_after_ns);
  return said;
}

}  // namespace

Terms terms_of(const Limits& limits, const internal::MethodInfo& method, const SaidOfService* said) {
  Terms terms{.attempts_max = limits.attempts_max,
              .hedges_max = limits.hedges_max,
              .hedge_after = {},
              .retry_wait_first = limits.retry_wait_first,
              .retry_wait_most = limits.retry_wait_most};
  lay_over(terms, said_by(method.attempts));
  if (said == nullptr) return terms;
  lay_over(terms, said->calls);
  const auto of_method = said->methods.find(name_alone(method));
  if (of_method != said->methods.end()) lay_over(terms, of_method->second);
  return terms;
}

Terms http_terms_of(const Limits& limits, const SaidOfService* said) {
  Terms terms{.attempts_max = limits.attempts_max,
              .hedges_max = 0,
              .hedge_after = {},
              .retry_wait_first = limits.retry_wait_first,
              .retry_wait_most = limits.retry_wait_most};
  if (said == nullptr) return terms;
  if (said->calls.hedge_after) terms.hedges_max = limits.hedges_max;
  lay_over(terms, said->calls);
  if (terms.hedge_after.count() == 0) terms.hedges_max = 0;
  return terms;
}

RetryBudget::Rates rates_of(const Limits& limits, const SaidOfService* said) {
  if (said == nullptr) return limits.retry_budget;
  return {.percent = said->retry_budget_percent.value_or(limits.retry_budget.percent),
          .per_second = said->retry_budget_per_second.value_or(limits.retry_budget.per_second)};
}

Balance balance_of(const Limits& limits, Balance contract, const SaidOfService* said) {
  if (said != nullptr && said->balance != Balance::unsaid) return said->balance;
  return contract != Balance::unsaid ? contract : limits.balance;
}

}  // namespace holon::client
