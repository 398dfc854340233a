#include "server/census.h"

#include <utility>

namespace holon::server {
namespace {

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

Census::Answer Census::admit(const std::string& peer) {
  std::string ip = ip_of(peer);
  std::lock_guard lock(mutex_);
  if (all_ >= most_) return {{}, "too_many_connections"};
  if (!ip.empty()) {
    auto known = by_peer_.find(ip);
    if (known != by_peer_.end() && known->second >= most_per_peer_) return {{}, "too_many_connections_of_a_peer"};
    ++by_peer_[ip];
  }
  ++all_;
  return {Seat(*this, std::move(ip)), {}};
}

void Census::leave(const std::string& peer) {
  std::lock_guard lock(mutex_);
  --all_;
  auto known = by_peer_.find(peer);
  if (known != by_peer_.end() && --known->second == 0) by_peer_.erase(known);
}

std::size_t Census::connections() const {
  std::lock_guard lock(mutex_);
  return all_;
}

}  // namespace holon::server
