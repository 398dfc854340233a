// RateTable: for each of a bounded number of clients, when its bucket will be full again. The generic cell rate algorithm
// (ITU-T I.371): one number a client, no timers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "env/environment.h"

namespace holon::gateway {

/// `burst` requests at once, and one more after each `interval`.
struct RateTerms {
  env::Duration interval;
  std::uint64_t burst;
};

/// What the table says of one request.
struct RateAnswer {
  bool admitted = true;
  std::uint64_t left = 0;        ///< further requests that would be admitted at once
  env::Duration next_in{};       ///< until one more would be: 0 if `left` is not 0
  env::Duration full_in{};       ///< until all would be
};

/// A client, by 128 bits that nobody can choose.
struct RateKey {
  std::uint64_t place;
  std::uint64_t tag;
};

/// Exact for each client that it remembers. Any thread; a request takes one short lock of 64.
class RateTable {
 public:
  /// How many clients are remembered: 1.5 MiB.
  static constexpr std::size_t clients_max = 64 * 128 * 8;

  explicit RateTable(RateTerms terms);
  ~RateTable();

  RateAnswer ask(RateKey who, env::Time now);

 private:
  static constexpr std::size_t shards = 64;
  static constexpr std::size_t sets = 128;
  static constexpr std::size_t ways = 8;

  struct Entry {
    RateKey who{};
    env::Time full_at{};  ///< what the algorithm calls the theoretical arrival time; a past one: as if never seen
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::array<std::array<Entry, ways>, sets> entries{};
  };

  static Entry& find(std::array<Entry, ways>& set, RateKey who);

  const RateTerms terms_;
  std::unique_ptr<std::array<Shard, shards>> shards_;
};

}  // namespace holon::gateway
