#include "client/terms.h"

#include <gtest/gtest.h>

namespace holon::client {
namespace {

using std::chrono::milliseconds;

internal::MethodInfo method_with(const internal::AttemptRules& attempts) {
  return {"shop.Catalog/Search", internal::Kind::unary, true, 1, 0, nullptr, nullptr, nullptr, {}, attempts};
}

TEST(TermsTest, AreTheHostsLimitsUnlessSomebodySaysMore) {
  Limits limits;
  limits.attempts_max = 6;
  limits.hedges_max = 0;
  limits.retry_wait_most = milliseconds(70);
  const Terms terms = terms_of(limits, method_with({}), nullptr);
  EXPECT_EQ(terms.attempts_max, 6u);
  EXPECT_EQ(terms.hedges_max, 0u);
  EXPECT_EQ(terms.hedge_after, milliseconds(0)) << "as is learnt";
  EXPECT_EQ(terms.retry_wait_most, milliseconds(70));
}

TEST(TermsTest, ContractsHoldBeforeLimits) {
  Limits limits;
  limits.hedges_max = 0;
  const Terms terms = terms_of(limits, method_with({.attempts_max = 2, .hedges_max = 1, .hedge_after_ns = 30'000'000}), nullptr);
  EXPECT_EQ(terms.attempts_max, 2u);
  EXPECT_EQ(terms.hedges_max, 1u);
  EXPECT_EQ(terms.hedge_after, milliseconds(30));
  EXPECT_EQ(terms.retry_wait_first, limits.retry_wait_first);
}

TEST(TermsTest, WhatIsSaidOfTheServiceHoldsBeforeContracts) {
  const internal::MethodInfo method = method_with({.attempts_max = 2, .hedges_max = 1, .hedge_after_ns = 30'000'000});
  const SaidOfService said{.calls = {.attempts_max = 1, .retry_wait_first = milliseconds(3)}};
  const Terms terms = terms_of({}, method, &said);
  EXPECT_EQ(terms.attempts_max, 1u);
  EXPECT_EQ(terms.hedge_after, milliseconds(30));
  EXPECT_EQ(terms.retry_wait_first, milliseconds(3));
}

TEST(TermsTest, WhatIsSaidOfTheMethodHoldsBeforeAll) {
  SaidOfService said{.calls = {.attempts_max = 1, .hedges_max = 0}};
  said.methods["Search"] = {.attempts_max = 5, .hedge_after = milliseconds(7)};
  said.methods["Order"] = {.attempts_max = 9, .hedges_max = 1};
  const Terms terms = terms_of({}, method_with({.attempts_max = 2}), &said);
  EXPECT_EQ(terms.attempts_max, 5u);
  EXPECT_EQ(terms.hedges_max, 0u);
  EXPECT_EQ(terms.hedge_after, milliseconds(7));
}

TEST(TermsTest, PlainHttpIsHedgedWhereSomebodySaysWhenAnAnswerIsLate) {
  const Terms usual = http_terms_of({}, nullptr);
  EXPECT_EQ(usual.attempts_max, Limits().attempts_max);
  EXPECT_EQ(usual.hedges_max, 0u);

  SaidOfService said{.calls = {.attempts_max = 2, .hedge_after = milliseconds(20)}};
  const Terms terms = http_terms_of({}, &said);
  EXPECT_EQ(terms.attempts_max, 2u);
  EXPECT_EQ(terms.hedges_max, 1u);
  EXPECT_EQ(terms.hedge_after, milliseconds(20));
  said.calls.hedges_max = 0;
  EXPECT_EQ(http_terms_of({}, &said).hedges_max, 0u);
  Limits none;
  none.hedges_max = 0;
  said.calls.hedges_max.reset();
  EXPECT_EQ(http_terms_of(none, &said).hedges_max, 0u) << "the caller makes none at all";
}

TEST(TermsTest, BudgetAndBalanceAreSaidOfServices) {
  Limits limits;
  limits.balance = Balance::round_robin;
  limits.retry_budget = {.percent = 10, .per_second = 3};
  const SaidOfService nothing;
  EXPECT_EQ(balance_of(limits, Balance::unsaid, nullptr), Balance::round_robin);
  EXPECT_EQ(balance_of(limits, Balance::two_choices, &nothing), Balance::two_choices);
  EXPECT_EQ(rates_of(limits, &nothing).per_second, 3u);

  const SaidOfService said{.calls = {}, .methods = {}, .retry_budget_percent = 0, .balance = Balance::prequal};
  EXPECT_EQ(balance_of(limits, Balance::two_choices, &said), Balance::prequal);
  EXPECT_EQ(rates_of(limits, &said).percent, 0u);
  EXPECT_EQ(rates_of(limits, &said).per_second, 3u);
}

}  // namespace
}  // namespace holon::client
