#include "node/edge_usage.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace holon::node {
namespace {

/// One attempt in a hundred that fails is what retries are there for.
constexpr double attempts_well = 0.99;
/// What hosts and their node say to each other is no edge of the application.
constexpr std::string_view own_contracts = "holon.node.v1.";

std::string service_of(const std::string& method) { return method.substr(0, method.find('/')); }

template <class... Values>
std::string format(const char* pattern, Values... values) {
  std::array<char, 200> text{};
  std::snprintf(text.data(), text.size(), pattern, values...);
  return text.data();
}

/// Which share of `all` is not among `bad`.
double well(double bad, double all) { return all > 0 ? std::clamp(1 - bad / all, 0.0, 1.0) : 1; }

bool is_unfit(const v1::CalleeEndpoint& endpoint) { return endpoint.silent() || endpoint.breaker() != "closed"; }

int badness(const v1::CalleeEndpoint& endpoint) {
  return endpoint.breaker() == "open" ? 2 : endpoint.breaker() == "half open" ? 1 : 0;
}

/// As two replicas of the caller see the same endpoint.
void merge(v1::CalleeEndpoint& into, const v1::CalleeEndpoint& other) {
  if (badness(other) > badness(into)) into.set_breaker(other.breaker());
  into.set_silent(into.silent() || other.silent());
  into.set_out_us(std::max(into.out_us(), other.out_us()));
  into.set_trips(into.trips() + other.trips());
  into.set_in_flight(into.in_flight() + other.in_flight());
  into.set_latency_ns(std::max(into.latency_ns(), other.latency_ns()));
}

std::string unfit_text(const v1::CalleeEndpoint& endpoint) {
  const std::string& name = endpoint.host().empty() ? endpoint.address() : endpoint.host();
  std::string text = name;
  if (endpoint.silent()) text += " does not answer";
  if (endpoint.breaker() == "closed") return text;
  if (endpoint.silent()) text += ", and";
  return text + format(" has been failing for %.1f s, its breaker is ", static_cast<double>(endpoint.out_us()) / 1e6) + endpoint.breaker();
}

}  // namespace

void EdgeMeter::Counts::add(const v1::EdgeCalls& edge, double sign) {
  calls += sign * static_cast<double>(edge.count());
  for (const auto& [code, count] : edge.errors()) errors += sign * static_cast<double>(count);
  retries += sign * static_cast<double>(edge.retries());
  hedges += sign * static_cast<double>(edge.hedges());
  unpaid += sign * static_cast<double>(edge.unpaid());
}

void EdgeMeter::Counts::add(const Counts& other) {
  calls += other.calls;
  errors += other.errors;
  retries += other.retries;
  hedges += other.hedges;
  unpaid += other.unpaid;
}

void EdgeMeter::add(const v1::SnapshotReply& before, const v1::SnapshotReply& after) {
  std::map<Edge, Counts> now, grown;
  for (const v1::EdgeCalls& calls : after.calls()) {
    if (calls.method().starts_with(own_contracts)) continue;
    const Edge edge{calls.caller(), service_of(calls.method())};
    now[edge].add(calls, 1);
    grown[edge].add(calls, 1);
  }
  for (const v1::EdgeCalls& calls : before.calls()) grown[{calls.caller(), service_of(calls.method())}].add(calls, -1);
  for (const auto& [edge, counts] : now) {
    Seen& seen = seen_[edge];
    seen.counts.add(grown[edge].went_back() ? counts : grown[edge]);  // a new process counts from zero
    for (const v1::CalleeEndpoint& endpoint : after.endpoints()) {
      if (endpoint.service() != edge.second) continue;
      const auto [known, fresh] = seen.endpoints.try_emplace(endpoint.address(), endpoint);
      if (!fresh) merge(known->second, endpoint);
    }
  }
  for (const v1::RetryBudget& budget : after.budgets()) {
    const auto known = seen_.find({budget.caller(), budget.service()});
    if (known != seen_.end()) known->second.budget += budget.left();
  }
}

std::vector<v1::EdgeUsage> EdgeMeter::edges(double seconds) const {
  std::vector<v1::EdgeUsage> all;
  for (const auto& [edge, seen] : seen_) {
    v1::EdgeUsage made = usage(edge, seen, seconds);
    if (seen.counts.calls > 0 || made.unfit_size() > 0) all.push_back(std::move(made));
  }
  return all;
}

v1::EdgeUsage EdgeMeter::usage(const Edge& edge, const Seen& seen, double seconds) {
  const Counts& counts = seen.counts;
  const auto rate = [&](double count) { return seconds > 0 ? count / seconds : 0; };
  v1::EdgeUsage out;
  out.set_caller(edge.first);
  out.set_callee(edge.second);
  out.set_calls_per_second(rate(counts.calls));
  out.set_success(well(counts.errors, counts.calls));
  // Each retry follows an attempt that has failed.
  out.set_success_of_attempts(well(counts.errors + counts.retries, counts.calls + counts.retries));
  out.set_retries_per_second(rate(counts.retries));
  out.set_hedges_per_second(rate(counts.hedges));
  out.set_unpaid_per_second(rate(counts.unpaid));
  out.set_budget(seen.budget);
  for (const auto& [address, endpoint] : seen.endpoints) {
    if (is_unfit(endpoint)) *out.add_unfit() = endpoint;
  }
  out.set_trouble(trouble_of(out));
  return out;
}

std::string trouble_of(const v1::EdgeUsage& edge) {
  std::string text;
  const auto say = [&](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
  const bool fails = edge.success() < 1;
  const bool retried = edge.success_of_attempts() < std::min(attempts_well, edge.success());
  if (fails) say(format("%.3g %% of the calls fail", 100 * (1 - edge.success())));
  if (retried) say(format("%.3g %% of the attempts fail", 100 * (1 - edge.success_of_attempts())));
  if (edge.unpaid_per_second() > 0) say(format("the retry budget is spent: %.1f/s are not made again", edge.unpaid_per_second()));
  for (const v1::CalleeEndpoint& endpoint : edge.unfit()) say(unfit_text(endpoint));
  return text;
}

void name_hosts(v1::SnapshotReply& snapshot, const std::map<std::string, std::string>& hosts) {
  for (v1::CalleeEndpoint& endpoint : *snapshot.mutable_endpoints()) {
    const auto found = hosts.find(endpoint.address());
    if (found != hosts.end()) endpoint.set_host(found->second);
  }
}

}  // namespace holon::node
