// Reads `gateway:` of holon.yaml: docs/gateway.md has its words. All that is wrong is named at once, each at its place with its
// remedy; also what only shows when the files it names are looked at: certificates, keys, folders.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "config/problem.h"
#include "config/yaml.h"
#include "env/environment.h"
#include "gateway/config.h"
#include "gateway/contracts.h"

namespace holon::gateway {

/// The services of the application, by their names.
struct KnownServices {
  std::vector<std::string> http;  ///< those that speak plain HTTP, to which routes may lead
  std::vector<std::string> grpc;
};

/// Gives something to go on with if there were problems.
/// @param section   the value of `gateway:`
/// @param base      what relative paths are relative to: the folder of holon.yaml. In the Config they are absolute
/// @param services  that routes may name; null: whoever wrote the section down has looked
Config read_config(const config::YamlNode& section, const std::filesystem::path& base, env::Environment& world,
                   config::Problems& problems, const KnownServices* services = nullptr);

/// The services that speak plain HTTP to which routes lead.
std::set<std::string> http_services_of(const Config& config);

/// Whether the services that routes name have contracts. NOT_FOUND names the route and the service.
Result<void> check_contracts(const Config& config, const Contracts& contracts);

}  // namespace holon::gateway
