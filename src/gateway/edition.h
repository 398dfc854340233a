// Edition: all that one reading of the configuration has become: rules with their destinations and terms. It never changes; a
// reload makes the next one, and requests under way finish under theirs.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/access/access.h"
#include "gateway/access/concurrency.h"
#include "gateway/access/rates.h"
#include "gateway/access_log.h"
#include "gateway/content/compression.h"
#include "gateway/destinations.h"
#include "gateway/networks.h"
#include "gateway/route_table.h"
#include "server/cors.h"

namespace holon::gateway {

/// A route with what it needs to be gone.
struct Rule {
  const RouteConfig& route;
  const AccessConfig& access;                ///< the route's, or the gateway's
  std::shared_ptr<const Destination> destination;
  std::optional<server::Cors> cors;
  mutable Rates rates;                       ///< used by all loops
  mutable Concurrency concurrency;           ///< the same
  std::uint32_t edge = 0;                    ///< telemetry's number of it

  nanoseconds timeout = {};
  std::uint64_t body_bytes_max = 0;
};

/// Telemetry's number of each route, by its name. Telemetry keeps them forever, so a route that comes again in the next edition
/// goes on with its own.
class RouteEdges {
 public:
  std::uint32_t edge(const std::string& route);

 private:
  std::map<std::string, std::uint32_t> edges_;
};

class Edition {
 public:
  struct Parts {
    env::Environment& world;
    Destinations& destinations;
    RouteEdges& edges;
    Fetch fetch;                     ///< of key sets behind URLs
    const Access* before = nullptr;  ///< of the edition that this one follows: keys stay known
  };
  /// Reads the files that the configuration names. Errors name the route or the part, and the remedy.
  static Result<std::shared_ptr<const Edition>> make(Config config, const Parts& parts);

  const Config& config() const { return config_; }
  const Networks& trusted() const { return trusted_; }
  const Access& access() const { return *access_; }
  const Compression& compression() const { return compression_; }
  AccessLog& log() const { return *log_; }

  /// The rule that a request falls under; null if none fits. See RouteTable.
  Result<const Rule*> find(const RouteTable::Query& query) const;
  const std::vector<std::unique_ptr<const Rule>>& rules() const { return rules_; }

 private:
  explicit Edition(Config config) : config_(std::move(config)), table_(config_.routes), compression_(config_.compression) {}
  Result<void> add_rule(const RouteConfig& route, const Parts& parts);

  const Config config_;
  const RouteTable table_;
  const Compression compression_;
  Networks trusted_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<AccessLog> log_;
  std::vector<std::unique_ptr<const Rule>> rules_;  ///< as the config has them
};

}  // namespace holon::gateway
