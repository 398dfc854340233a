// What is to run here, worked out from holon.yaml, the programs it names, and what was asked for on the command line.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control/placement.h"
#include "holon/node/v1/node.pb.h"
#include "gateway/config.h"
#include "holon/result.h"
#include "node/cluster/config.h"
#include "node/dashboard/config.h"
#include "node/document.h"
#include "node/folder.h"

namespace holon::env {
class Environment;
}

namespace holon::node {

struct DeploymentOptions {
  std::filesystem::path file = "holon.yaml";
  std::vector<std::string> overlays;  ///< laid over it: see document.h
  std::string placement;     ///< the default one if empty
  std::optional<int> port;   ///< of the gateway, instead of the one in holon.yaml
  bool strict = false;
  std::filesystem::path bin;  ///< where programs are looked for too
};

/// One host: a replica of a host of the placement.
struct HostPlan {
  std::string name;               ///< "cart.0"
  int replica = 0;
  std::filesystem::path program;  ///< empty for a command
  std::string version;            ///< of the program, see Program; of a command, see command_version
  control::PlannedHost host;
};

struct Deployment {
  DeploymentOptions options;  ///< what it was worked out from
  std::string app;
  std::string placement;
  bool strict = false;
  Folder folder;
  std::vector<HostPlan> hosts;
  std::optional<gateway::Config> gateway;
  std::string gateway_yaml;   ///< its section of holon.yaml, for its host
  Document document;         ///< holon.yaml as it holds here
  DashboardConfig dashboard = {};
  std::optional<ClusterConfig> cluster = {};  ///< the other nodes, if there are to be others
  v1::Manifest contracts;  ///< of all services
  v1::Permissions permissions = {};  ///< who may call which of them
  std::vector<v1::CalledService> called = {};  ///< how
  std::map<std::string, std::string> limits;  ///< of each host, for `--holon-limit`
};

/// Reads and checks everything before anything starts. The error's message has a line for each problem.
Result<Deployment> prepare(env::Environment& world, const DeploymentOptions& options);

/// One more replica of a host.
HostPlan replica_of(HostPlan host, int replica);

/// holon.yaml as it would hold, secrets left out: see document.h. Checked as far as that goes without its programs.
Result<std::string> resolve(env::Environment& world, const DeploymentOptions& options);

/// What `gateway:` of holon.yaml says now, checked against the contracts that run; nothing changes.
struct GatewaySection {
  std::optional<gateway::Config> config;
  std::string yaml;
  Document document = {};  ///< that it stands in
};
Result<GatewaySection> read_gateway(env::Environment& world, const DeploymentOptions& options, const v1::Manifest& contracts);

/// The state folder of the application whose holon.yaml this is.
Folder folder_of(const std::filesystem::path& file);

}  // namespace holon::node
