// BodyBudget: how many bytes of bodies the requests of one loop may hold in memory together.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holon::gateway {

class BodyBudget {
 public:
  explicit BodyBudget(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  /// False, and nothing taken, if they would be more than allowed.
  bool take(std::size_t bytes) {
    if (bytes > bytes_max_ || held_ > bytes_max_ - bytes) return false;
    held_ += bytes;
    return true;
  }
  void give_back(std::size_t bytes) { held_ -= bytes; }
  std::uint64_t held() const { return held_; }

 private:
  std::uint64_t bytes_max_;
  std::uint64_t held_ = 0;
};

}  // namespace holon::gateway
