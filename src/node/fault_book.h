// FaultBook: the faults that somebody put on the calls of an application, until they are removed or their time is over. Pure: the
// time is given, in ms since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "holon/node/v1/node.pb.h"
#include "holon/result.h"

namespace holon::node {

class FaultBook {
 public:
  static constexpr std::size_t faults_max = 100;
  static constexpr std::int64_t time_ms = 10 * 60'000;        ///< how long a fault holds if nothing is said
  static constexpr std::int64_t time_ms_max = 24 * 3'600'000;

  /// @param fault   its `from` and `to` are contracts
  /// @param for_ms  how long it holds; 0: time_ms
  /// INVALID_ARGUMENT for what is no fault, with the remedy; RESOURCE_EXHAUSTED for one too many.
  Result<v1::Fault> add(v1::Fault fault, std::int64_t for_ms, std::int64_t now_ms);
  /// Takes those of these numbers away, or all, and gives them. NOT_FOUND if there is none of a number; then nothing is taken away.
  Result<std::vector<v1::Fault>> remove(const std::vector<std::uint32_t>& ids);
  /// Takes away and gives those whose time is over.
  std::vector<v1::Fault> expire(std::int64_t now_ms);

  /// When the next one's time is over.
  std::optional<std::int64_t> next_end_ms() const;
  /// In the order of their numbers, in which calls meet them.
  const std::vector<v1::Fault>& all() const { return faults_; }

 private:
  template <class Goes>
  std::vector<v1::Fault> take(Goes goes);

  std::uint32_t last_id_ = 0;
  std::vector<v1::Fault> faults_;
};

}  // namespace holon::node
