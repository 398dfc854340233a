// The keys of a service in holon.yaml that say how its process is run: `command`, `contract`, `calls`, `protocol`,
// `environment`, `health`,
// `resources`.
#pragma once

#include <string>
#include <vector>

#include "config/reader.h"
#include "control/application.h"

namespace holon::node {

/// Reads them from `service`, a map, into `into`. Says what is missing or does not go together.
/// @param where  what the map is, for people: "service ads"
void read_process(const config::YamlNode& service, const std::string& where, config::Problems& problems,
                  control::ServiceSpec& into);

/// `[node, ads/main.js]`, or `node ads/main.js`, which is split at spaces.
std::vector<config::Named> read_command(const config::YamlNode& value, const std::string& where, config::Problems& problems);

}  // namespace holon::node
