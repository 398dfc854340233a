#include "telemetry/metrics.h"

#include <algorithm>
#include <stdexcept>

namespace holon::telemetry {

thread_local Cells* thread_cells = nullptr;

Cells::~Cells() {
  for (auto& block : blocks_) delete block.load(std::memory_order_relaxed);
}

Cells::Block& Cells::add_block(std::size_t index) {
  auto* block = new Block;
  blocks_[index].store(block, std::memory_order_release);
  return *block;
}

std::uint32_t Metrics::add_edge(Edge edge) {
  std::lock_guard lock(mutex_);
  if (edges_.size() >= edges_max) throw std::length_error("more than 65,536 edges between services in one process");
  edges_.push_back(std::move(edge));
  return static_cast<std::uint32_t>(edges_.size() - 1);
}

std::uint32_t Metrics::edges() const {
  std::lock_guard lock(mutex_);
  return static_cast<std::uint32_t>(edges_.size());
}

Cells& Metrics::cells() {
  std::lock_guard lock(mutex_);
  threads_.push_back(std::make_shared<Cells>());
  return *threads_.back();
}

std::vector<EdgeTotals> Metrics::snapshot(std::uint32_t first, std::uint32_t last) const {
  std::lock_guard lock(mutex_);
  std::vector<EdgeTotals> all;
  last = std::min<std::uint32_t>(last, edges_.size());
  for (std::uint32_t edge = first; edge < last; ++edge) {
    EdgeTotals totals;
    totals.edge = edges_[edge];
    for (const auto& thread : threads_) {
      const Cell* cell = thread->find(edge);
      if (cell == nullptr) continue;
      totals.count += cell->count.load(std::memory_order_relaxed);
      totals.total_ns += cell->total_ns.load(std::memory_order_relaxed);
      for (std::size_t i = 0; i < totals.errors.size(); ++i) {
        totals.errors[i] += cell->errors[i].load(std::memory_order_relaxed);
      }
      for (std::size_t i = 0; i < totals.repeats.size(); ++i) {
        totals.repeats[i] += cell->repeats[i].load(std::memory_order_relaxed);
      }
      totals.far += cell->far.load(std::memory_order_relaxed);
      totals.faults += cell->faults.load(std::memory_order_relaxed);
      for (std::size_t i = 0; i < totals.latency.size(); ++i) {
        totals.latency[i] += cell->latency[i].load(std::memory_order_relaxed);
      }
    }
    all.push_back(std::move(totals));
  }
  return all;
}

Metrics& metrics() {
  static Metrics* process_wide = new Metrics;  // outlives every thread
  return *process_wide;
}

std::uint64_t quantile_ns(const std::array<std::uint64_t, Buckets::count>& latency, double share) {
  std::uint64_t all = 0;
  for (std::uint64_t count : latency) all += count;
  if (all == 0) return 0;
  auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(share * static_cast<double>(all) + 0.5));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < latency.size(); ++i) {
    seen += latency[i];
    if (seen >= wanted) return Buckets::below_ns(i);
  }
  return Buckets::below_ns(latency.size() - 1);
}

}  // namespace holon::telemetry
