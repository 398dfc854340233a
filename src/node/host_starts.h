// HostStarts: how each kind of host of a deployment is started: with which arguments, environment and addresses.
//
//   HostStarts starts(deployment, "/usr/bin/holon");
//   HostStart cart = starts.program(plan);
//   HostStart ads = starts.command(plan, address, door);
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "env/reactor.h"
#include "node/deployment.h"
#include "node/host_process.h"

namespace holon::node {

/// How long a host may take to end: the gateway ends first, so that requests in flight find their services, and together they
/// take no longer than 10 s.
constexpr std::chrono::milliseconds drain_time{5000};

constexpr const char* gateway_name = "gateway.0";
constexpr const char* outlet_name = "outlet.0";

/// Somebody who calls through the outlet.
struct MeshCaller {
  env::Address door;
  std::map<std::string, std::vector<std::string>> callees;  ///< by name; their contracts, none of one that speaks plain HTTP
};

class HostStarts {
 public:
  /// @param deployment  outlives this
  /// @param holon       the path of the `holon` program, which runs the gateway and the outlet
  HostStarts(const Deployment& deployment, std::filesystem::path holon) : deployment_(deployment), holon_(std::move(holon)) {}

  HostStart program(const HostPlan& plan) const;
  /// @param listen  where it is to answer
  /// @param mesh    where it calls others; nothing if it calls nobody
  HostStart command(const HostPlan& plan, const env::Address& listen, const std::optional<env::Address>& mesh) const;
  /// Of a deployment that has one.
  /// @param built  when the holon program was built
  HostStart gateway(std::int64_t built) const;
  /// What a gateway with these arguments runs by, if this is its holon.yaml.
  std::string gateway_version(const std::vector<std::string>& arguments, std::int64_t built, const std::string& yaml) const;
  /// @param callers  by the contract in whose name they call
  HostStart outlet(std::int64_t built, const std::map<std::string, MeshCaller>& callers) const;

 private:
  HostStart begin(const std::string& name, HostKind kind) const;
  void add_identity(HostStart& start, const std::string& host) const;
  HostStart own(const std::string& name, HostKind kind, const std::string& verb) const;

  const Deployment& deployment_;
  std::filesystem::path holon_;
};

}  // namespace holon::node
