#include "telemetry/refusals.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <limits>

#include "holon/log.h"

namespace holon::telemetry {
namespace {

constexpr std::int64_t log_period_ns = 1'000'000'000;

/// Once named it never changes its name and never goes.
struct Rule {
  std::atomic<const std::string*> rule{nullptr};
  std::atomic<std::uint64_t> count{0};
  std::atomic<std::uint64_t> logged{0};  ///< the count when it was logged last
  std::atomic<std::int64_t> next_log_ns{std::numeric_limits<std::int64_t>::min()};
};

// Open addressing with linear probing. Constant-initialised, so that it is there before and after everything else.
constinit std::array<Rule, refusal_rules_max> cells;
constinit Rule other;

/// The cell that bears `rule`, or the free one that may come to bear it; null if the table is full.
Rule* place_of(std::string_view rule) {
  std::size_t first = std::hash<std::string_view>()(rule);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    Rule& cell = cells[(first + i) % cells.size()];
    const std::string* name = cell.rule.load(std::memory_order_acquire);
    if (name == nullptr || *name == rule) return &cell;
  }
  return nullptr;
}

Rule& cell_of(std::string_view rule) {
  for (;;) {
    Rule* cell = place_of(rule);
    if (cell == nullptr) return other;
    if (cell->rule.load(std::memory_order_acquire) != nullptr) return *cell;
    auto* name = new std::string(rule);  // lives as long as the process
    const std::string* expected = nullptr;
    if (cell->rule.compare_exchange_strong(expected, name, std::memory_order_acq_rel)) return *cell;
    delete name;  // another thread was faster, perhaps with another rule: look again
  }
}

/// Whether the caller is the one that logs: the first of this second.
bool takes_turn(Rule& cell, std::int64_t now_ns) {
  std::int64_t next = cell.next_log_ns.load(std::memory_order_relaxed);
  return now_ns >= next && cell.next_log_ns.compare_exchange_strong(next, now_ns + log_period_ns);
}

}  // namespace

void refused(std::string_view rule, std::string_view who, env::Time now) {
  Rule& cell = cell_of(rule);
  std::uint64_t count = cell.count.fetch_add(1, std::memory_order_relaxed) + 1;
  std::int64_t now_ns = std::chrono::nanoseconds(now.time_since_epoch()).count();
  if (!takes_turn(cell, now_ns)) return;
  std::uint64_t before = cell.logged.exchange(count, std::memory_order_relaxed);
  std::uint64_t left_out = count > before + 1 ? count - before - 1 : 0;
  log::write(log::Level::warning, "refused", {{"rule", rule}, {"who", who}, {"left_out", left_out}, {"count", count}});
}

std::vector<Refusal> refusals() {
  std::vector<Refusal> all;
  for (const Rule& cell : cells) {
    const std::string* name = cell.rule.load(std::memory_order_acquire);
    std::uint64_t count = cell.count.load(std::memory_order_relaxed);
    if (name != nullptr && count > 0) all.push_back({*name, count});
  }
  if (std::uint64_t count = other.count.load(std::memory_order_relaxed); count > 0) all.push_back({"other", count});
  std::sort(all.begin(), all.end(), [](const Refusal& a, const Refusal& b) { return a.rule < b.rule; });
  return all;
}

std::uint64_t refusals_of(std::string_view rule) {
  const Rule* cell = place_of(rule);
  return cell == nullptr ? 0 : cell->count.load(std::memory_order_relaxed);
}

}  // namespace holon::telemetry
