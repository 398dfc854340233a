#include "node/edge_usage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holon::node {
namespace {

v1::SnapshotReply counted(std::uint64_t calls, std::uint64_t errors, std::uint64_t retries, std::uint64_t unpaid = 0) {
  v1::SnapshotReply snapshot;
  v1::EdgeCalls& edge = *snapshot.add_calls();
  edge.set_caller("shop.Cart");
  edge.set_method("shop.Catalog/GetProduct");
  edge.set_count(calls);
  if (errors > 0) (*edge.mutable_errors())[14] = errors;
  edge.set_retries(retries);
  edge.set_unpaid(unpaid);
  return snapshot;
}

void add_endpoint(v1::SnapshotReply& snapshot, const std::string& address, const std::string& breaker, bool silent = false,
                  std::int64_t out_us = 0) {
  v1::CalleeEndpoint& endpoint = *snapshot.add_endpoints();
  endpoint.set_service("shop.Catalog");
  endpoint.set_address(address);
  endpoint.set_breaker(breaker);
  endpoint.set_silent(silent);
  endpoint.set_out_us(out_us);
}

v1::EdgeUsage between(const v1::SnapshotReply& before, const v1::SnapshotReply& after, double seconds = 2) {
  EdgeMeter meter;
  meter.add(before, after);
  const std::vector<v1::EdgeUsage> edges = meter.edges(seconds);
  return edges.size() == 1 ? edges.front() : v1::EdgeUsage();
}

TEST(EdgeUsage, WhatRetriesSavedIsSeenInTheAttempts) {
  const v1::EdgeUsage edge = between(counted(100, 0, 0), counted(300, 0, 50));
  EXPECT_DOUBLE_EQ(edge.calls_per_second(), 100);
  EXPECT_DOUBLE_EQ(edge.success(), 1);
  EXPECT_DOUBLE_EQ(edge.success_of_attempts(), 0.8);
  EXPECT_DOUBLE_EQ(edge.retries_per_second(), 25);
  EXPECT_EQ(edge.trouble(), "20 % of the attempts fail");
}

TEST(EdgeUsage, ABudgetThatIsSpentIsTrouble) {
  const v1::EdgeUsage edge = between(counted(0, 0, 0), counted(100, 90, 10, 90));
  EXPECT_EQ(edge.trouble(), "90 % of the calls fail; 90.9 % of the attempts fail; the retry budget is spent: 45.0/s are not made again");
}

TEST(EdgeUsage, AReplicaInTroubleIsNamedWithTheReason) {
  v1::SnapshotReply after = counted(10, 0, 0);
  add_endpoint(after, "unix:/a", "closed");
  add_endpoint(after, "unix:/b", "open", false, 3'240'000);
  add_endpoint(after, "unix:/c", "half open", true, 900'000);
  add_endpoint(after, "unix:/d", "closed", true);
  name_hosts(after, {{"unix:/b", "catalog.1"}});
  const v1::EdgeUsage edge = between(counted(0, 0, 0), after);
  EXPECT_EQ(edge.unfit_size(), 3);
  EXPECT_EQ(edge.trouble(),
            "catalog.1 has been failing for 3.2 s, its breaker is open; unix:/c does not answer, and has been failing for 0.9 s, its "
            "breaker is half open; unix:/d does not answer");
}

TEST(EdgeUsage, ReplicasOfTheCallerAddUpAndTheWorstCounts) {
  EdgeMeter meter;
  v1::SnapshotReply one = counted(100, 10, 0), other = counted(100, 0, 0);
  add_endpoint(one, "unix:/a", "closed");
  add_endpoint(other, "unix:/a", "open", false, 1'000'000);
  meter.add({}, one);
  meter.add({}, other);
  const std::vector<v1::EdgeUsage> edges = meter.edges(0);
  ASSERT_EQ(edges.size(), 1u);
  EXPECT_DOUBLE_EQ(edges[0].success(), 0.95);
  EXPECT_DOUBLE_EQ(edges[0].calls_per_second(), 0) << "no time has passed";
  ASSERT_EQ(edges[0].unfit_size(), 1);
  EXPECT_EQ(edges[0].unfit(0).breaker(), "open");
}

TEST(EdgeUsage, ANewProcessCountsFromZeroAndNothingIsNoTrouble) {
  const v1::EdgeUsage edge = between(counted(1000, 50, 5), counted(10, 0, 0));
  EXPECT_DOUBLE_EQ(edge.calls_per_second(), 5);
  EXPECT_EQ(edge.trouble(), "");
  EXPECT_EQ(between(counted(10, 3, 0), counted(10, 3, 0)).callee(), "") << "what was not called since";
}

}  // namespace
}  // namespace holon::node
