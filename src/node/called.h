// What `called:` of holon.yaml says of calls to services: how often they are attempted, when beside the attempt before, and where. All
// hosts that call are told, and it holds before contracts and limits: docs/resilience.md.
#pragma once

#include <string>
#include <vector>

#include "config/keys.h"
#include "config/problem.h"
#include "config/yaml.h"
#include "control/placement.h"
#include "holon/node/v1/node.pb.h"

namespace holon::node {

/// The keys of `services/*/called`.
std::vector<config::Key> called_keys();

/// @param where  whose it is: "service cart"
control::CalledSpec read_called(const config::YamlNode& called, const std::string& where, config::Problems& problems);

/// The same for those who call, by contracts. All that stands against it goes to `problems`: services without a contract, names of no
/// method, and what is said of a method that its contract forbids.
/// @param contracts  of all services
std::vector<v1::CalledService> called_of(const control::Application& application, const std::vector<control::PlannedHost>& hosts,
                                         const v1::Manifest& contracts, config::Problems& problems);

}  // namespace holon::node
