// Reads `gateway:` of holon.yaml: docs/gateway.md has its words. All that is wrong is named at once, each at its place with its
// remedy; also what only shows when the files it names are looked at: certificates, keys, folders.
#pragma once

#include <filesystem>

#include "config/problem.h"
#include "config/yaml.h"
#include "env/environment.h"
#include "gateway/config.h"
#include "gateway/contracts.h"

namespace holon::gateway {

/// Gives something to go on with if there were problems.
/// @param section  the value of `gateway:`
/// @param base     what relative paths are relative to: the folder of holon.yaml. In the Config they are absolute
Config read_config(const config::YamlNode& section, const std::filesystem::path& base, env::Environment& world,
                   config::Problems& problems);

/// Whether the services that routes name have contracts. NOT_FOUND names the route and the service.
Result<void> check_contracts(const Config& config, const Contracts& contracts);

}  // namespace holon::gateway
