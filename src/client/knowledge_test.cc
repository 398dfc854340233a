#include "client/knowledge.h"

#include <gtest/gtest.h>

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using State = Breaker::State;

EndpointKnown known(const std::string& address, State breaker, milliseconds out_for = {}) {
  return {.service = "shop.Cart", .address = address, .breaker = breaker, .out_for = out_for, .trips = 1, .in_flight = 2};
}

TEST(Knowledge, LoopsAddUpAndTheWorstCounts) {
  Knowledge sum;
  sum.add({.endpoints = {known("a", State::closed), known("b", State::half_open, milliseconds(10))},
           .budgets = {{"shop.Ads", "shop.Cart", 3}}});
  sum.add({.endpoints = {known("b", State::open, milliseconds(700)), known("a", State::closed)},
           .budgets = {{"shop.Ads", "shop.Cart", 1.5}, {"", "shop.Cart", 10}}});
  ASSERT_EQ(sum.endpoints.size(), 2u);
  EXPECT_EQ(sum.endpoints[0].breaker, State::closed);
  EXPECT_EQ(sum.endpoints[1].breaker, State::open);
  EXPECT_EQ(sum.endpoints[1].out_for, milliseconds(700));
  EXPECT_EQ(sum.endpoints[1].trips, 2u);
  EXPECT_EQ(sum.endpoints[1].in_flight, 4u);
  ASSERT_EQ(sum.budgets.size(), 2u);
  EXPECT_DOUBLE_EQ(sum.budgets[0].left, 4.5);
}

TEST(Knowledge, WhomOneLoopCannotReachIsNotReachable) {
  Knowledge sum;
  sum.add({.endpoints = {known("a", State::closed)}, .budgets = {}});
  EndpointKnown silent = known("a", State::closed);
  silent.reachable = false;
  sum.add({.endpoints = {silent}, .budgets = {}});
  EXPECT_FALSE(sum.endpoints[0].reachable);
}

}  // namespace
}  // namespace holon::client
