#include "node/identities.h"

#include <algorithm>
#include <utility>

#include "env/disk.h"

namespace holon::node {
namespace {

// A machine that slept finds its certificates old when it wakes: then somebody has to look soon.
constexpr std::chrono::seconds look_at_least_every{10};
constexpr std::chrono::milliseconds look_at_most_every{100};
constexpr std::chrono::seconds try_again_after{1};

}  // namespace

std::string server_name_of(const std::string& host, const std::string& app) { return host + ".hosts." + app; }
std::string spiffe_id_of(const std::string& host, const std::string& app) { return "spiffe://" + app + "/host/" + host; }

Identities::Identities(env::Environment& world, crypto::Authority authority, std::string app, std::filesystem::path folder,
                       std::chrono::seconds life)
    : world_(world), authority_(std::move(authority)), app_(std::move(app)), folder_(std::move(folder)), life_(life) {}

Result<void> Identities::provide(const std::string& host) {
  const env::WallTime now = world_.wall();
  half_through_[host] = now;
  const crypto::PemPair pair = HOLON_TRY(authority_.issue({.subject = host,
                                                           .names = {"DNS:" + server_name_of(host, app_),
                                                                     "URI:" + spiffe_id_of(host, app_)},
                                                           .valid_until = now + life_}));
  HOLON_TRY(world_.disk().make_directories(folder_));
  HOLON_TRY(world_.disk().exchange(roots(), authority_.certificate()));
  HOLON_TRY(world_.disk().exchange(file(host), pair.certificate + pair.key));
  half_through_[host] = now + life_ / 2;
  return {};
}

env::Duration Identities::renew() {
  trouble_.clear();
  env::Duration next = look_at_least_every;
  for (const auto& [host, when] : half_through_) {
    if (world_.wall() >= when) {
      Result<void> written = provide(host);
      if (!written.ok()) trouble_ = "the certificate of " + host + " is not renewed: " + written.error().message();
      if (!written.ok()) next = std::min<env::Duration>(next, try_again_after);
    }
    if (when > world_.wall()) next = std::min<env::Duration>(next, when - world_.wall());
  }
  return std::max<env::Duration>(next, look_at_most_every);
}

}  // namespace holon::node
