#include "node/dashboard/metrics_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "holon/result.h"

namespace holon::node {
namespace {

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::vector<Label>;

constexpr int first_bound_log2 = 10;  // 1.024 µs
constexpr int last_bound_log2 = 36;   // 68.7 s

std::string number_text(double value) {
  char text[32];
  const auto [end, problem] = std::to_chars(text, text + sizeof text, value);
  return {text, end};
}

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '"': out += "\\\""; break;
      case '\n': out += "\\n"; break;
      default: out += c;
    }
  }
}

/// The text, family by family.
class Families {
 public:
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
    text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  }

  void sample(std::string_view name, const Labels& labels, const std::string& value) {
    text_ += name;
    for (const auto& [label, content] : labels) {
      text_ += &label == &labels.front().first ? '{' : ',';
      text_.append(label).append("=\"");
      append_escaped(text_, content);
      text_ += '"';
    }
    text_.append(labels.empty() ? " " : "} ").append(value).append("\n");
  }
  void sample(std::string_view name, const Labels& labels, std::uint64_t value) { sample(name, labels, std::to_string(value)); }

  /// @param latency  of EdgeCalls or ServedCalls
  template <class Calls>
  void histogram(const std::string& name, const Labels& labels, const Calls& calls) {
    std::uint64_t below = 0;
    int next = 0;
    for (int log2 = first_bound_log2; log2 <= last_bound_log2; log2 += 2) {
      const std::uint64_t bound_ns = std::uint64_t{1} << log2;
      while (next < calls.latency_size() && calls.latency(next).below_ns() <= bound_ns) below += calls.latency(next++).count();
      sample(name + "_bucket", with(labels, "le", number_text(static_cast<double>(bound_ns) / 1e9)), below);
    }
    std::uint64_t all = below;
    while (next < calls.latency_size()) all += calls.latency(next++).count();
    sample(name + "_bucket", with(labels, "le", "+Inf"), all);
    sample(name + "_sum", labels, number_text(static_cast<double>(calls.total_ns()) / 1e9));
    sample(name + "_count", labels, all);
  }

  /// One sample for each code that calls ended with.
  template <class Calls>
  void by_code(const std::string& name, const Labels& labels, const Calls& calls) {
    std::uint64_t failed = 0;
    for (const auto& [code, count] : calls.errors()) failed += count;
    if (calls.count() > failed) sample(name, with(labels, "code", "OK"), calls.count() - failed);
    for (const auto& [code, count] : calls.errors()) {
      sample(name, with(labels, "code", code_name(static_cast<Code>(code))), count);
    }
  }

  std::string take() { return std::move(text_); }

 private:
  static Labels with(Labels labels, std::string_view name, std::string_view value) {
    labels.emplace_back(name, value);
    return labels;
  }

  std::string text_;
};

void add_states(Families& out, const v1::ListReply& list) {
  out.begin("holon_host_ready", "gauge", "Whether the host may be called.");
  for (const v1::HostState& host : list.hosts()) {
    out.sample("holon_host_ready", {{"host", host.host()}}, host.state() == "ready" ? 1 : 0);
  }
  out.begin("holon_host_restarts_total", "counter", "How often the node has started the host again.");
  for (const v1::HostState& host : list.hosts()) {
    out.sample("holon_host_restarts_total", {{"host", host.host()}}, static_cast<std::uint64_t>(host.restarts()));
  }
  out.begin("holon_host_start_time_seconds", "gauge", "When the host's process was started, since 1970.");
  for (const v1::HostState& host : list.hosts()) {
    if (host.pid() == 0) continue;
    out.sample("holon_host_start_time_seconds", {{"host", host.host()}},
               number_text(static_cast<double>(host.started_unix_ms()) / 1e3));
  }
}

/// Of a node that is one of several. What the others run they tell themselves.
void add_nodes(Families& out, const v1::ListReply& list) {
  if (list.nodes().empty()) return;
  out.begin("holon_cluster_nodes", "gauge", "How many nodes there are, as this one sees it.");
  out.sample("holon_cluster_nodes", {}, static_cast<std::uint64_t>(list.nodes_size()));
}

/// The hosts of this node.
v1::ListReply own_part(v1::ListReply list) {
  const std::string self = list.nodes().empty() ? "" : list.nodes(0).node();
  google::protobuf::RepeatedPtrField<v1::HostState> hosts;
  for (v1::HostState& host : *list.mutable_hosts()) {
    if (host.node() == self) *hosts.Add() = std::move(host);
  }
  list.mutable_hosts()->Swap(&hosts);
  return list;
}

void add_usage(Families& out, const v1::CallsReply& calls) {
  out.begin("holon_host_cpu_seconds_total", "counter", "User and system time of the host's process.");
  for (const v1::SnapshotReply& host : calls.hosts()) {
    out.sample("holon_host_cpu_seconds_total", {{"host", host.host()}}, number_text(static_cast<double>(host.cpu_us()) / 1e6));
  }
  out.begin("holon_host_private_bytes", "gauge", "Memory of the host's process that it shares with no other.");
  for (const v1::SnapshotReply& host : calls.hosts()) {
    out.sample("holon_host_private_bytes", {{"host", host.host()}}, host.private_bytes());
  }
  out.begin("holon_refusals_total", "counter", "What the host turned away to protect itself, by the rule that did it.");
  for (const v1::SnapshotReply& host : calls.hosts()) {
    for (const v1::Refusal& refusal : host.refusals()) {
      out.sample("holon_refusals_total", {{"host", host.host()}, {"rule", refusal.rule()}}, refusal.count());
    }
  }
}

void add_doors(Families& out, const v1::CallsReply& calls) {
  const auto each_door = [&](auto each) {
    for (const v1::SnapshotReply& host : calls.hosts()) {
      for (const v1::Door& door : host.doors()) each(Labels{{"host", host.host()}, {"service", door.service()}}, door);
    }
  };
  constexpr std::string_view priorities[] = {"critical", "default", "sheddable"};
  out.begin("holon_admitted_calls_total", "counter", "Calls that came through the door of the host and began.");
  each_door([&](const Labels& labels, const v1::Door& door) {
    for (int i = 0; i < std::min(door.begun_size(), 3); ++i) {
      Labels with = labels;
      with.emplace_back("priority", priorities[i]);
      out.sample("holon_admitted_calls_total", with, door.begun(i));
    }
  });
  out.begin("holon_running_calls", "gauge", "Those that have not ended; streams are not counted.");
  each_door([&](const Labels& labels, const v1::Door& door) { out.sample("holon_running_calls", labels, door.running()); });
  out.begin("holon_waiting_calls", "gauge", "Calls that wait for their turn.");
  each_door([&](const Labels& labels, const v1::Door& door) { out.sample("holon_waiting_calls", labels, door.waiting()); });
  out.begin("holon_concurrency_limit", "gauge", "Of running calls, as it was learned; none is told where none is needed.");
  each_door([&](const Labels& labels, const v1::Door& door) {
    if (door.limit() > 0) out.sample("holon_concurrency_limit", labels, number_text(door.limit()));
  });
}

/// Calls `each(labels, calls)` for every edge of every host.
template <class Each>
void for_each_edge(const v1::CallsReply& calls, Each each) {
  for (const v1::SnapshotReply& host : calls.hosts()) {
    for (const v1::EdgeCalls& edge : host.calls()) {
      const Labels labels = {{"host", host.host()},
                             {"caller", edge.caller()},
                             {"method", edge.method()},
                             {"way", edge.local() ? "local" : "remote"}};
      each(labels, edge);
    }
  }
}
template <class Each>
void for_each_served(const v1::CallsReply& calls, Each each) {
  for (const v1::SnapshotReply& host : calls.hosts()) {
    for (const v1::ServedCalls& served : host.served()) {
      each(Labels{{"host", host.host()}, {"method", served.method()}}, served);
    }
  }
}

/// Attempts beyond the first.
void add_repeats(Families& out, const v1::CallsReply& calls) {
  const auto family = [&](std::string_view name, std::string_view help, auto count) {
    out.begin(name, "counter", help);
    for_each_edge(calls, [&](const Labels& labels, const v1::EdgeCalls& edge) {
      if (count(edge) > 0) out.sample(name, labels, count(edge));
    });
  };
  using Edge = v1::EdgeCalls;
  family("holon_retries_total", "Attempts that were made after another had failed.", [](const Edge& edge) { return edge.retries(); });
  family("holon_hedges_total", "Attempts that were made beside one that was late.", [](const Edge& edge) { return edge.hedges(); });
  family("holon_unpaid_retries_total", "Attempts that were not made, as the retry budget was spent.",
         [](const Edge& edge) { return edge.unpaid(); });
}

/// What hosts know of those whom they call.
void add_endpoints(Families& out, const v1::CallsReply& calls) {
  const auto each_endpoint = [&](auto each) {
    for (const v1::SnapshotReply& host : calls.hosts()) {
      for (const v1::CalleeEndpoint& endpoint : host.endpoints()) {
        const std::string& replica = endpoint.host().empty() ? endpoint.address() : endpoint.host();
        each(Labels{{"host", host.host()}, {"service", endpoint.service()}, {"replica", replica}}, endpoint);
      }
    }
  };
  out.begin("holon_endpoint_fit", "gauge", "Whether a replica is fit for calls of the host: it answers, and its breaker is closed.");
  each_endpoint([&](const Labels& labels, const v1::CalleeEndpoint& endpoint) {
    out.sample("holon_endpoint_fit", labels, !endpoint.silent() && endpoint.breaker() == "closed" ? 1 : 0);
  });
  out.begin("holon_breaker_trips_total", "counter", "How often the breaker of a replica opened for the host.");
  each_endpoint([&](const Labels& labels, const v1::CalleeEndpoint& endpoint) {
    out.sample("holon_breaker_trips_total", labels, endpoint.trips());
  });
  out.begin("holon_retry_budget_attempts", "gauge", "Attempts that may be made again just now.");
  for (const v1::SnapshotReply& host : calls.hosts()) {
    for (const v1::RetryBudget& budget : host.budgets()) {
      out.sample("holon_retry_budget_attempts", {{"host", host.host()}, {"caller", budget.caller()}, {"service", budget.service()}},
                 number_text(budget.left()));
    }
  }
}

void add_calls(Families& out, const v1::CallsReply& calls) {
  out.begin("holon_calls_total", "counter", "Calls from a service to a method, as the caller saw them end.");
  for_each_edge(calls, [&](const Labels& labels, const v1::EdgeCalls& edge) {
    out.by_code("holon_calls_total", labels, edge);
  });
  out.begin("holon_injected_faults_total", "counter", "How often a fault that somebody set hit such a call.");
  for_each_edge(calls, [&](const Labels& labels, const v1::EdgeCalls& edge) {
    if (edge.faults() > 0) out.sample("holon_injected_faults_total", labels, edge.faults());
  });
  add_repeats(out, calls);
  out.begin("holon_far_attempts_total", "counter", "Attempts that went past nearer replicas, as these were not well enough.");
  for_each_edge(calls, [&](const Labels& labels, const v1::EdgeCalls& edge) {
    if (edge.far() > 0) out.sample("holon_far_attempts_total", labels, edge.far());
  });
  out.begin("holon_call_duration_seconds", "histogram", "How long they took, as the caller saw it.");
  for_each_edge(calls, [&](const Labels& labels, const v1::EdgeCalls& edge) {
    out.histogram("holon_call_duration_seconds", labels, edge);
  });
  out.begin("holon_served_calls_total", "counter", "Calls that came through the door of the host.");
  for_each_served(calls, [&](const Labels& labels, const v1::ServedCalls& served) {
    out.by_code("holon_served_calls_total", labels, served);
  });
  out.begin("holon_served_duration_seconds", "histogram", "How long the host took for them.");
  for_each_served(calls, [&](const Labels& labels, const v1::ServedCalls& served) {
    out.histogram("holon_served_duration_seconds", labels, served);
  });
}

}  // namespace

std::string metrics_text(const v1::ListReply& list, const v1::CallsReply& calls) {
  Families out;
  add_states(out, own_part(list));
  add_nodes(out, list);
  add_usage(out, calls);
  add_doors(out, calls);
  add_endpoints(out, calls);
  add_calls(out, calls);
  return out.take();
}

}  // namespace holon::node
