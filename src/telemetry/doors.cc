#include "telemetry/doors.h"

#include <map>
#include <mutex>

namespace holon::telemetry {
namespace {

struct Doors {
  std::mutex mutex;
  std::multimap<std::string, std::shared_ptr<DoorCell>, std::less<>> cells;
};

Doors& all_doors() {
  static Doors doors;
  return doors;
}

void add(Door& total, const DoorCell& cell) {
  for (std::size_t i = 0; i < priorities; ++i) total.begun[i] += cell.begun[i].load(std::memory_order_relaxed);
  total.ended += cell.ended.load(std::memory_order_relaxed);
  total.ended_ns += cell.ended_ns.load(std::memory_order_relaxed);
  total.running += cell.running.load(std::memory_order_relaxed);
  total.waiting += cell.waiting.load(std::memory_order_relaxed);
  total.limit += cell.limit.load(std::memory_order_relaxed);
}

}  // namespace

std::shared_ptr<DoorCell> add_door(std::string_view service) {
  Doors& all = all_doors();
  std::lock_guard lock(all.mutex);
  return all.cells.emplace(service, std::make_shared<DoorCell>())->second;
}

std::vector<Door> doors() {
  Doors& all = all_doors();
  std::lock_guard lock(all.mutex);
  std::vector<Door> totals;
  for (const auto& [service, cell] : all.cells) {
    if (totals.empty() || totals.back().service != service) totals.push_back({.service = service});
    add(totals.back(), *cell);
  }
  return totals;
}

std::optional<Door> door_of(std::string_view service) {
  Doors& all = all_doors();
  std::lock_guard lock(all.mutex);
  const auto [first, last] = all.cells.equal_range(service);
  if (first == last) return {};
  Door total{.service = std::string(service)};
  for (auto each = first; each != last; ++each) add(total, *each->second);
  return total;
}

}  // namespace holon::telemetry
