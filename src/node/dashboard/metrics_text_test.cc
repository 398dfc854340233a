#include "node/dashboard/metrics_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "holon/result.h"

namespace holon::node {
namespace {

using testing::HasSubstr;

v1::ListReply one_host(const std::string& name) {
  v1::ListReply list;
  v1::HostState& host = *list.add_hosts();
  host.set_host(name);
  host.set_state("ready");
  host.set_pid(7);
  host.set_restarts(2);
  host.set_started_unix_ms(1'500);
  return list;
}

/// 9 calls, of which 2 failed: 4 below 1 µs, 4 below 5 µs, 1 above the last bound.
v1::CallsReply calls_of(const std::string& host_name) {
  v1::CallsReply calls;
  v1::SnapshotReply& host = *calls.add_hosts();
  host.set_host(host_name);
  host.set_cpu_us(1'250'000);
  v1::EdgeCalls& edge = *host.add_calls();
  edge.set_caller("shop.Frontend");
  edge.set_method("shop.Cart/GetCart");
  edge.set_count(9);
  edge.set_total_ns(2'000'000'000);
  (*edge.mutable_errors())[static_cast<int>(Code::not_found)] = 2;
  const auto add = [&](std::uint64_t below_ns, std::uint64_t count) {
    v1::Bucket& bucket = *edge.add_latency();
    bucket.set_below_ns(below_ns);
    bucket.set_count(count);
  };
  add(640, 4);
  add(5'120, 4);
  add(std::uint64_t{1} << 37, 1);
  return calls;
}

TEST(MetricsTextTest, SaysHowEachHostIs) {
  const std::string text = metrics_text(one_host("cart.0"), calls_of("cart.0"));
  EXPECT_THAT(text, HasSubstr("# TYPE holon_host_ready gauge\nholon_host_ready{host=\"cart.0\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("holon_host_restarts_total{host=\"cart.0\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("holon_host_start_time_seconds{host=\"cart.0\"} 1.5\n"));
  EXPECT_THAT(text, HasSubstr("holon_host_cpu_seconds_total{host=\"cart.0\"} 1.25\n"));
}

TEST(MetricsTextTest, SaysHowManyNodesThereAreAndHowItsOwnHostsAre) {
  v1::ListReply list = one_host("cart.0");
  EXPECT_THAT(metrics_text(list, {}), testing::Not(HasSubstr("holon_cluster_nodes")));
  list.mutable_hosts(0)->set_node("a");
  list.add_nodes()->set_node("a");
  list.add_nodes()->set_node("b");
  v1::HostState& other = *list.add_hosts();
  other.set_host("cart.1");
  other.set_node("b");
  const std::string text = metrics_text(list, {});
  EXPECT_THAT(text, HasSubstr("holon_cluster_nodes 2\n"));
  EXPECT_THAT(text, HasSubstr("holon_host_ready{host=\"cart.0\"} 1\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("cart.1")));
}

TEST(MetricsTextTest, SaysWhatCallersDoAboutTroubleAndWhoIsFitForThem) {
  v1::CallsReply calls = calls_of("frontend.0");
  EXPECT_THAT(metrics_text({}, calls), testing::Not(HasSubstr("holon_retries_total{")));
  v1::SnapshotReply& host = *calls.mutable_hosts(0);
  host.mutable_calls(0)->set_retries(4);
  host.mutable_calls(0)->set_hedges(2);
  host.mutable_calls(0)->set_unpaid(1);
  v1::CalleeEndpoint& endpoint = *host.add_endpoints();
  endpoint.set_service("shop.Cart");
  endpoint.set_host("cart.1");
  endpoint.set_breaker("half open");
  endpoint.set_trips(3);
  v1::RetryBudget& budget = *host.add_budgets();
  budget.set_caller("shop.Frontend");
  budget.set_service("shop.Cart");
  budget.set_left(9.5);
  const std::string text = metrics_text({}, calls);
  const std::string edge = "{host=\"frontend.0\",caller=\"shop.Frontend\",method=\"shop.Cart/GetCart\",way=\"remote\"}";
  EXPECT_THAT(text, HasSubstr("holon_retries_total" + edge + " 4\n"));
  EXPECT_THAT(text, HasSubstr("holon_hedges_total" + edge + " 2\n"));
  EXPECT_THAT(text, HasSubstr("holon_unpaid_retries_total" + edge + " 1\n"));
  const std::string replica = "{host=\"frontend.0\",service=\"shop.Cart\",replica=\"cart.1\"}";
  EXPECT_THAT(text, HasSubstr("holon_endpoint_fit" + replica + " 0\n"));
  EXPECT_THAT(text, HasSubstr("holon_breaker_trips_total" + replica + " 3\n"));
  EXPECT_THAT(text, HasSubstr("holon_retry_budget_attempts{host=\"frontend.0\",caller=\"shop.Frontend\",service=\"shop.Cart\"} 9.5\n"));
}

TEST(MetricsTextTest, CountsAttemptsThatWentPastNearReplicas) {
  v1::CallsReply calls = calls_of("frontend.0");
  EXPECT_THAT(metrics_text({}, calls), testing::Not(HasSubstr("holon_far_attempts_total{")));
  calls.mutable_hosts(0)->mutable_calls(0)->set_far(7);
  EXPECT_THAT(metrics_text({}, calls), HasSubstr("holon_far_attempts_total{host=\"frontend.0\",caller=\"shop.Frontend\","));
}

TEST(MetricsTextTest, CountsInjectedFaults) {
  v1::CallsReply calls = calls_of("frontend.0");
  EXPECT_THAT(metrics_text({}, calls), testing::Not(HasSubstr("holon_injected_faults_total{")));
  calls.mutable_hosts(0)->mutable_calls(0)->set_faults(3);
  EXPECT_THAT(metrics_text({}, calls), HasSubstr("holon_injected_faults_total{host=\"frontend.0\",caller=\"shop.Frontend\","
                                                 "method=\"shop.Cart/GetCart\",way=\"remote\"} 3\n"));
}

TEST(MetricsTextTest, SaysWhatGoesOnAtEachDoor) {
  v1::CallsReply calls;
  v1::SnapshotReply& host = *calls.add_hosts();
  host.set_host("cart.0");
  v1::Door& door = *host.add_doors();
  door.set_service("shop.Cart");
  for (const std::uint64_t begun : {1, 2, 3}) door.add_begun(begun);
  door.set_running(4);
  door.set_waiting(5);
  const std::string labels = R"({host="cart.0",service="shop.Cart")";
  const std::string text = metrics_text({}, calls);
  EXPECT_THAT(text, HasSubstr("holon_admitted_calls_total" + labels + ",priority=\"critical\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("holon_admitted_calls_total" + labels + ",priority=\"sheddable\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("holon_running_calls" + labels + "} 4\n"));
  EXPECT_THAT(text, HasSubstr("holon_waiting_calls" + labels + "} 5\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("holon_concurrency_limit{")));
  door.set_limit(12.5);
  EXPECT_THAT(metrics_text({}, calls), HasSubstr("holon_concurrency_limit" + labels + "} 12.5\n"));
}

TEST(MetricsTextTest, CountsCallsByCode) {
  const std::string text = metrics_text({}, calls_of("frontend.0"));
  const std::string edge = R"({host="frontend.0",caller="shop.Frontend",method="shop.Cart/GetCart",way="remote",code=)";
  EXPECT_THAT(text, HasSubstr("holon_calls_total" + edge + "\"OK\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("holon_calls_total" + edge + "\"NOT_FOUND\"} 2\n"));
}

TEST(MetricsTextTest, HistogramsAddUpAndAlwaysHaveTheSameBounds) {
  const std::string text = metrics_text({}, calls_of("frontend.0"));
  EXPECT_THAT(text, HasSubstr("le=\"1.024e-06\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("le=\"4.096e-06\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("le=\"1.6384e-05\"} 8\n"));
  EXPECT_THAT(text, HasSubstr("le=\"68.719476736\"} 8\n"));
  EXPECT_THAT(text, HasSubstr("le=\"+Inf\"} 9\n"));
  EXPECT_THAT(text, HasSubstr("way=\"remote\"} 2\n"));  // the sum
  EXPECT_THAT(text, HasSubstr("way=\"remote\"} 9\n"));  // the count
}

TEST(MetricsTextTest, NamesCannotBreakOutOfTheirLabels) {
  EXPECT_THAT(metrics_text(one_host("a\"} 1\nb\\"), {}), HasSubstr(R"(holon_host_ready{host="a\"} 1\nb\\"} 1)" "\n"));
}

}  // namespace
}  // namespace holon::node
