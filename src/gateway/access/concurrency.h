// Concurrency: how many requests of a route may be under way, on all loops together.
//
//   std::optional<Concurrency::Permit> permit = concurrency.enter();
//   if (!permit) return visit.problem(503, …);                          // it leaves with its scope
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace holon::gateway {

class Concurrency {
 public:
  /// @param most  0: any number. It outlives its permits.
  explicit Concurrency(std::size_t most) : most_(most) {}

  class [[nodiscard]] Permit {
   public:
    Permit(Permit&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (of_ != nullptr) of_->inside_.fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    friend class Concurrency;
    explicit Permit(Concurrency* of) : of_(of) {}
    Concurrency* of_;
  };

  /// Nothing if there are as many as may be. Any thread.
  std::optional<Permit> enter() {
    const std::size_t before = inside_.fetch_add(1, std::memory_order_relaxed);
    Permit permit(this);
    if (most_ != 0 && before >= most_) return {};
    return permit;
  }
  std::size_t inside() const { return inside_.load(std::memory_order_relaxed); }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> inside_ = 0;
};

}  // namespace holon::gateway
