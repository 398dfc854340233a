#include "crypto/session_cache.h"

namespace holon::crypto {
namespace {

constexpr std::size_t places_max = 1000;
constexpr std::size_t sessions_max = 4;  // of a place: as many connections as may be made before one gives new ones

}  // namespace

void SessionCache::put(const std::string& place, Session session) {
  std::lock_guard lock(mutex_);
  if (sessions_.size() >= places_max && !sessions_.contains(place)) sessions_.erase(sessions_.begin());
  auto& kept = sessions_[place];
  if (kept.size() >= sessions_max) kept.erase(kept.begin());
  kept.push_back(std::move(session));
}

Session SessionCache::take(const std::string& place) {
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(place);
  if (found == sessions_.end()) return nullptr;
  Session& latest = found->second.back();
  if (SSL_SESSION_get_protocol_version(latest.get()) < TLS1_3_VERSION) {
    SSL_SESSION_up_ref(latest.get());
    return Session(latest.get());
  }
  Session taken = std::move(latest);
  found->second.pop_back();
  if (found->second.empty()) sessions_.erase(found);
  return taken;
}

}  // namespace holon::crypto
