#include "server/census.h"

#include <utility>

namespace holon::server {
namespace {

constexpr std::string_view too_many_of_a_peer = "too_many_connections_of_a_peer";

/// The IP address of "127.0.0.1:5000" or "[::1]:5000"; empty for whoever has none.
std::string ip_of(const std::string& peer) {
  if (peer.starts_with("unix:")) return {};
  std::size_t colon = peer.rfind(':');
  return colon == std::string::npos ? std::string() : peer.substr(0, colon);
}

}  // namespace

Census::Seat& Census::Seat::operator=(Seat&& other) noexcept {
  std::swap(census_, other.census_);
  std::swap(peer_, other.peer_);
  return *this;
}

Census::Seat::~Seat() {
  if (census_ != nullptr) census_->leave(peer_);
}

std::string_view Census::Seat::belongs_to(const std::string& peer) {
  std::string ip = ip_of(peer);
  if (ip == peer_) return {};
  std::lock_guard lock(census_->mutex_);
  if (!census_->count(ip)) return too_many_of_a_peer;
  census_->forget(std::exchange(peer_, std::move(ip)));
  return {};
}

Census::Answer Census::admit(const std::string& peer) {
  std::string ip = ip_of(peer);
  std::lock_guard lock(mutex_);
  if (all_ >= most_) return {{}, "too_many_connections"};
  if (!count(ip)) return {{}, too_many_of_a_peer};
  ++all_;
  return {Seat(*this, std::move(ip)), {}};
}

bool Census::count(const std::string& ip) {
  if (ip.empty()) return true;
  auto known = by_peer_.find(ip);
  if (known != by_peer_.end() && known->second >= most_per_peer_) return false;
  ++by_peer_[ip];
  return true;
}

void Census::forget(const std::string& ip) {
  auto known = by_peer_.find(ip);
  if (known != by_peer_.end() && --known->second == 0) by_peer_.erase(known);
}

void Census::leave(const std::string& peer) {
  std::lock_guard lock(mutex_);
  --all_;
  forget(peer);
}

std::size_t Census::connections() const {
  std::lock_guard lock(mutex_);
  return all_;
}

}  // namespace holon::server
