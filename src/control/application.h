// What an application consists of, as its people wrote it down in holon.yaml.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/problem.h"

namespace holon::control {

using config::Named;

struct ServiceSpec {
  Named name;     ///< "cart"
  Named program;  ///< as written: "bin/cart"
  std::string owner;
  std::map<std::string, std::string> settings;
  int replicas = 1;  ///< of its host in the placement `each`
};

struct HostSpec {
  Named name;
  std::optional<Named> program;  ///< absent: the one of its services
  std::vector<Named> services;
  int replicas = 1;
};

struct PlacementSpec {
  Named name;
  bool each = false;  ///< every service in a host of its own
  std::vector<HostSpec> hosts;
};

struct Application {
  Named name;
  std::vector<ServiceSpec> services;
  std::vector<PlacementSpec> placements;  ///< at least one
  std::string default_placement;
  std::map<std::string, std::string> limits;  ///< of each host that runs services
};

}  // namespace holon::control
