// What Control streams: Events, Logs, Top.
#include <algorithm>
#include <set>

#include "node/edge_usage.h"
#include "node/log_file.h"
#include "node/log_reader.h"
#include "node/process_usage.h"
#include "node/services.h"
#include "node/snapshots.h"

namespace holon::node {
namespace {

using std::chrono::milliseconds;

constexpr int tail_default = 1000;
constexpr milliseconds look_at_logs_every{100};
constexpr milliseconds top_once_over{500};
constexpr milliseconds top_period_least{100};

std::int64_t unix_us(env::Environment& world) {
  return std::chrono::duration_cast<std::chrono::microseconds>(world.wall().time_since_epoch()).count();
}

v1::LogLine line_of(const std::string& replica, const LogEntry& entry) {
  v1::LogLine line;
  line.set_host(replica);
  line.set_unix_us(entry.unix_us);
  line.set_text(as_text(entry.text));
  line.set_missed(entry.missed);
  return line;
}

}  // namespace

Result<void> ControlService::Events(Call& call, const v1::EventsRequest& request, Writer<v1::Event>& out) {
  std::set<std::string> wanted;
  if (request.names_size() > 0) {
    for (std::string& replica : HOLON_TRY(supervisor_.replicas({request.names().begin(), request.names().end()}))) {
      wanted.insert(std::move(replica));
    }
  }
  node::Events& events = supervisor_.events();
  for (std::uint64_t next = events.first();;) {
    const std::uint64_t seen = events.changes().count();
    next = std::max(next, events.first());  // a reader who is too slow goes on with the oldest that is kept
    while (const v1::Event* event = events.find(next)) {
      ++next;
      const bool fits = wanted.empty() || wanted.contains(event->host());
      if (!fits || event->unix_us() < request.since_unix_ms() * 1000) continue;
      const v1::Event copy = *event;
      HOLON_TRY(out.write(copy));
      next = std::max(next, events.first());
    }
    if (!request.follow() || supervisor_.stopped()) return {};
    HOLON_TRY(events.changes().wait(call, seen));
  }
}

// Lines of several logs are in the order of their times as far as each says it; then log by log.
Result<void> ControlService::Logs(Call& call, const v1::LogsRequest& request, Writer<v1::LogLine>& out) {
  const bool search = request.since_unix_ms() != 0 || !request.grep().empty();
  const std::int64_t tail_unsaid = search ? -1 : tail_default;
  LogReader::Choice choice{.tail = request.has_tail() ? request.tail() : tail_unsaid,
                           .since_unix_us = request.since_unix_ms() * 1000};
  if (!request.grep().empty()) choice.pattern = HOLON_TRY(parse_pattern(request.grep()));
  const std::vector<std::string> names(request.names().begin(), request.names().end());
  std::map<std::string, LogReader> readers;
  for (;;) {
    std::vector<v1::LogLine> lines;
    bool more = false;
    for (const std::string& replica : HOLON_TRY(supervisor_.replicas(names))) {
      const std::shared_ptr<RotatingLog> log = supervisor_.logs().at(deployment_.folder.log(replica));
      LogReader& reader = readers.try_emplace(replica, log, choice).first->second;
      const bool wanted = request.follow() || !reader.at_new();
      more |= wanted && reader.read(unix_us(world_), [&](const LogEntry& entry) { lines.push_back(line_of(replica, entry)); });
    }
    std::ranges::stable_sort(lines, {}, &v1::LogLine::unix_us);
    for (const v1::LogLine& line : lines) HOLON_TRY(out.write(line));
    if (!more && (!request.follow() || supervisor_.stopped())) return {};
    HOLON_TRY(sleep(call, more ? milliseconds(0) : look_at_logs_every));  // others have their turn while it searches
  }
}

namespace {

/// All that is measured at one moment.
struct Measured {
  env::Time at;
  std::map<int, GroupUsage> groups;
  std::map<std::string, v1::SnapshotReply> counted;  ///< by host
};

Measured measure(Call& call, env::Environment& world, const Supervisor& supervisor) {
  Measured measured{world.now(), usage_of_groups(world), {}};
  measured.counted = take_snapshots(call, supervisor);
  return measured;
}

struct ServedSum {
  std::uint64_t calls = 0, errors = 0, turned_away = 0;
};

ServedSum served(const Measured& measured, const std::string& host) {
  ServedSum sum;
  const auto found = measured.counted.find(host);
  if (found == measured.counted.end()) return sum;
  for (const v1::ServedCalls& method : found->second.served()) {
    sum.calls += method.count();
    for (const auto& [code, count] : method.errors()) sum.errors += count;
  }
  sum.turned_away = turned_away(found->second);
  return sum;
}

/// What a replica may use; 0 if that is not bounded.
std::uint64_t memory_limit(const Deployment& deployment, const std::string& replica) {
  const std::string host = replica.substr(0, replica.rfind('.'));
  const auto found = std::ranges::find_if(deployment.hosts, [&](const HostPlan& plan) { return plan.host.name == host; });
  return found == deployment.hosts.end() ? 0 : found->host.resources.memory_bytes;
}

/// What a counter has grown per second; a process that is new began at 0.
double rate(double before, double after, double seconds) { return after < before ? 0 : (after - before) / seconds; }

v1::HostUsage usage_between(const v1::HostState& host, const Measured& before, const Measured& after) {
  const double seconds = std::chrono::duration<double>(after.at - before.at).count();
  v1::HostUsage usage;
  usage.set_host(host.host());
  usage.set_pid(host.pid());
  const auto group = after.groups.find(host.pid());
  if (host.pid() == 0 || group == after.groups.end()) return usage;
  const auto earlier = before.groups.find(host.pid());
  const double cpu_before = earlier == before.groups.end() ? 0 : std::chrono::duration<double>(earlier->second.cpu).count();
  usage.set_cpu(rate(cpu_before, std::chrono::duration<double>(group->second.cpu).count(), seconds));
  usage.set_memory_bytes(group->second.memory_bytes);
  usage.set_processes(group->second.processes);
  usage.set_descriptors(group->second.descriptors);
  const ServedSum first = served(before, host.host()), last = served(after, host.host());
  usage.set_calls_per_second(rate(static_cast<double>(first.calls), static_cast<double>(last.calls), seconds));
  usage.set_errors_per_second(rate(static_cast<double>(first.errors), static_cast<double>(last.errors), seconds));
  usage.set_turned_away_per_second(rate(static_cast<double>(first.turned_away), static_cast<double>(last.turned_away), seconds));
  if (const auto counted = after.counted.find(host.host()); counted != after.counted.end()) {
    *usage.mutable_doors() = counted->second.doors();
  }
  return usage;
}

/// Of the hosts that answered both times: of others nobody knows when they counted what.
void add_edges(const Measured& before, const Measured& after, v1::TopReply& reply) {
  EdgeMeter meter;
  for (const auto& [host, snapshot] : after.counted) {
    const auto earlier = before.counted.find(host);
    if (earlier != before.counted.end()) meter.add(earlier->second, snapshot);
  }
  const std::vector<v1::EdgeUsage> edges = meter.edges(std::chrono::duration<double>(after.at - before.at).count());
  reply.mutable_edges()->Assign(edges.begin(), edges.end());
}

}  // namespace

Result<void> ControlService::Top(Call& call, const v1::TopRequest& request, Writer<v1::TopReply>& out) {
  const bool once = request.period_ms() <= 0;
  const milliseconds period = once ? top_once_over : std::max(top_period_least, milliseconds(request.period_ms()));
  for (Measured before = measure(call, world_, supervisor_);;) {
    HOLON_TRY(sleep(call, period));
    Measured after = measure(call, world_, supervisor_);
    v1::TopReply reply;
    const v1::ListReply list = supervisor_.list();
    for (const std::string& node : supervisor_.other_nodes()) reply.add_elsewhere(node);
    for (const v1::HostState& host : list.hosts()) {
      if (std::ranges::find(reply.elsewhere(), host.node()) != reply.elsewhere().end()) continue;
      *reply.add_hosts() = usage_between(host, before, after);
      reply.mutable_hosts()->rbegin()->set_memory_bytes_max(memory_limit(deployment_, host.host()));
    }
    add_edges(before, after, reply);
    HOLON_TRY(out.write(reply));
    if (once || supervisor_.stopped()) return {};
    before = std::move(after);
  }
}

}  // namespace holon::node
