// holon.yaml: what an application consists of, read strictly and with every problem named at once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config/yaml.h"
#include "control/application.h"
#include "env/environment.h"
#include "gateway/config.h"
#include "node/cluster/config.h"
#include "node/dashboard/config.h"

namespace holon::node {

struct Manifest {
  control::Application application;
  std::optional<gateway::Config> gateway;
  config::Place gateway_place;  ///< where its section stands
  DashboardConfig dashboard;
  std::optional<ClusterConfig> cluster;
};

/// What `root` describes; nothing, and at least one problem more, if that is not acceptable. Looks at the files that it names.
/// @param root  holon.yaml without variables: see document.h
/// @param base  the folder that paths in it are relative to
std::optional<Manifest> read_manifest(const config::YamlNode& root, const std::filesystem::path& base, env::Environment& world,
                                      config::Problems& problems);

}  // namespace holon::node
