// Metrics: every call counted and timed, per edge (who calls which method, and how), at a few nanoseconds a call.
//
//   std::uint32_t edge = metrics().add_edge({Way::local, "shop.Checkout", "shop.Cart/GetCart"});
//   record(edge, Code::ok, duration_ns);      // the calling thread's own cell: no lock, no shared cache line
//   for (const EdgeTotals& totals : metrics().snapshot()) …
//
// A cell is written by its thread alone and may be read by any: sums are exact once the thread rests.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "holon/result.h"

namespace holon::telemetry {

/// Latency buckets: four to an octave, from 64 ns to 137 s; what lies outside falls into the first or last.
struct Buckets {
  static constexpr std::size_t count = 124;
  static constexpr int smallest_log2 = 6;

  static std::size_t index(std::uint64_t ns) {
    if (ns < (1u << smallest_log2)) return 0;
    int log2 = 63 - std::countl_zero(ns);
    std::size_t quarter = (ns >> (log2 - 2)) & 3;
    std::size_t at = static_cast<std::size_t>(log2 - smallest_log2) * 4 + quarter;
    return at < count ? at : count - 1;
  }
  /// The bucket holds durations below this.
  static std::uint64_t below_ns(std::size_t index) {
    std::uint64_t octave = std::uint64_t{1} << (index / 4 + smallest_log2);
    return octave + octave / 4 * (index % 4 + 1);
  }
};

/// How the calls of an edge travel.
enum class Way : std::uint8_t {
  local,   ///< a virtual call
  remote,  ///< by bytes: another host, or strict mode
  served,  ///< came in through the door of this host
};

struct Edge {
  Way way;
  std::string caller;
  std::string method;
};

/// What became of an attempt beyond a call's first.
enum class Repeat : std::uint8_t {
  retry,   ///< it was made after the one before had failed
  hedge,   ///< it was made beside one whose answer was late
  unpaid,  ///< it was not made: the budget was spent
};
constexpr std::size_t repeats = 3;

struct EdgeTotals {
  Edge edge;
  std::uint64_t count = 0;
  std::uint64_t total_ns = 0;
  std::array<std::uint64_t, 17> errors{};  ///< by code; [0] stays 0
  std::array<std::uint64_t, telemetry::repeats> repeats{};
  std::uint64_t far = 0;                   ///< attempts that went past nearer replicas, as these were not well enough
  std::uint64_t faults = 0;                ///< how often a fault that somebody set hit one of them
  std::array<std::uint64_t, Buckets::count> latency{};
};

/// One thread's numbers of one edge.
struct Cell {
  std::atomic<std::uint64_t> count{0};
  std::atomic<std::uint64_t> total_ns{0};
  std::array<std::atomic<std::uint32_t>, 17> errors{};
  std::array<std::atomic<std::uint32_t>, telemetry::repeats> repeats{};
  std::atomic<std::uint32_t> far{0};
  std::atomic<std::uint32_t> faults{0};
  std::array<std::atomic<std::uint32_t>, Buckets::count> latency{};

  void add(Code code, std::uint64_t ns) {
    bump(count, 1);
    bump(total_ns, ns);
    bump(latency[Buckets::index(ns)], 1);
    if (code != Code::ok) [[unlikely]] bump(errors[static_cast<std::size_t>(code)], 1);
  }

  void add(Repeat what) { bump(repeats[static_cast<std::size_t>(what)], 1); }
  void add_far() { bump(far, 1); }
  void add_fault() { bump(faults, 1); }

 private:
  template <class N>
  static void bump(std::atomic<N>& cell, std::uint64_t by) {  // one writer: no locked instruction needed
    cell.store(static_cast<N>(cell.load(std::memory_order_relaxed) + by), std::memory_order_relaxed);
  }
};

/// One thread's cells, in blocks that never move.
class Cells {
 public:
  static constexpr std::size_t block_size = 64;
  static constexpr std::size_t blocks_max = 1024;

  Cell& at(std::uint32_t edge) {
    Block* block = blocks_[edge / block_size].load(std::memory_order_relaxed);
    if (block == nullptr) [[unlikely]] block = &add_block(edge / block_size);
    return (*block)[edge % block_size];
  }
  const Cell* find(std::uint32_t edge) const {
    Block* block = blocks_[edge / block_size].load(std::memory_order_acquire);
    return block == nullptr ? nullptr : &(*block)[edge % block_size];
  }
  ~Cells();

 private:
  using Block = std::array<Cell, block_size>;
  Block& add_block(std::size_t index);
  std::array<std::atomic<Block*>, blocks_max> blocks_{};
};

class Metrics {
 public:
  static constexpr std::uint32_t edges_max = Cells::block_size * Cells::blocks_max;

  /// A new edge's number. Throws std::length_error past edges_max.
  std::uint32_t add_edge(Edge edge);
  /// The sums over all threads, of edges first … last-1 (all by default).
  std::vector<EdgeTotals> snapshot(std::uint32_t first = 0, std::uint32_t last = edges_max) const;
  std::uint32_t edges() const;

  /// The calling thread's cells.
  Cells& cells();

 private:
  mutable std::mutex mutex_;
  std::vector<Edge> edges_;
  std::vector<std::shared_ptr<Cells>> threads_;  ///< ended threads' too: a count never goes back
};

/// This process's.
Metrics& metrics();

/// The calling thread's cells, set at its first record.
extern thread_local Cells* thread_cells;

inline void record(std::uint32_t edge, Code code, std::uint64_t ns) {
  if (thread_cells == nullptr) [[unlikely]] thread_cells = &metrics().cells();
  thread_cells->at(edge).add(code, ns);
}

inline void record(std::uint32_t edge, Repeat what) {
  if (thread_cells == nullptr) [[unlikely]] thread_cells = &metrics().cells();
  thread_cells->at(edge).add(what);
}

/// An attempt went past nearer replicas, as these were not well enough.
inline void record_far(std::uint32_t edge) {
  if (thread_cells == nullptr) [[unlikely]] thread_cells = &metrics().cells();
  thread_cells->at(edge).add_far();
}

/// A fault that somebody set hit a call of that edge.
inline void record_fault(std::uint32_t edge) {
  if (thread_cells == nullptr) [[unlikely]] thread_cells = &metrics().cells();
  thread_cells->at(edge).add_fault();
}

/// The duration below which `share` (0 to 1) of the calls lie, as their bucket's bound; 0 without calls.
std::uint64_t quantile_ns(const std::array<std::uint64_t, Buckets::count>& latency, double share);

}  // namespace holon::telemetry
