// Census: how many connections a server has, in all and from each peer. Shared by its loops; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace holon::server {

class Census {
 public:
  Census(std::size_t most, std::size_t most_per_peer) : most_(most), most_per_peer_(most_per_peer) {}

  /// A connection's place; given back when destroyed, or taken back by assigning {}. The census outlives it.
  class Seat {
   public:
    Seat() = default;
    Seat(Seat&& other) noexcept : census_(std::exchange(other.census_, nullptr)), peer_(std::move(other.peer_)) {}
    Seat& operator=(Seat&& other) noexcept;
    ~Seat();
    /// The connection turns out to be that of `peer`: it is counted for it. Empty, or the rule by which it is refused.
    std::string_view belongs_to(const std::string& peer);
    explicit operator bool() const { return census_ != nullptr; }

   private:
    friend class Census;
    Seat(Census& census, std::string peer) : census_(&census), peer_(std::move(peer)) {}
    Census* census_ = nullptr;
    std::string peer_;
  };

  struct Answer {
    Seat seat;              ///< none if it is refused
    std::string_view rule;  ///< by this rule
  };
  /// @param peer  as env::Stream::peer() tells it. Processes of this machine (Unix sockets) have no limit each.
  Answer admit(const std::string& peer);

  std::size_t connections() const;
  /// Whether it is time to make room: seven of eight places are taken.
  bool crowded() const { return connections() >= most_ - most_ / 8; }

 private:
  bool count(const std::string& ip);
  void forget(const std::string& ip);
  void leave(const std::string& peer);

  const std::size_t most_;
  const std::size_t most_per_peer_;
  mutable std::mutex mutex_;
  std::size_t all_ = 0;
  std::unordered_map<std::string, std::size_t> by_peer_;  ///< by IP address; those with none have no entry
};

}  // namespace holon::server
