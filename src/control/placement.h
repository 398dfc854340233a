// Placement: from the application as written and its programs as built to the hosts that are to run.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "control/application.h"

namespace holon::control {

/// What a program says of one of its services.
struct ProgramService {
  std::string name;                ///< "cart"
  std::string contract;            ///< "shop.Cart"
  std::vector<std::string> calls;  ///< contracts of its Refs
};

/// The programs' services, by the program as written in holon.yaml.
using Programs = std::map<std::string, std::vector<ProgramService>>;

struct PlannedService {
  std::string name;
  std::string contract;
  std::string owner;
  std::map<std::string, std::string> settings;
};

struct PlannedHost {
  std::string name;
  std::string program;  ///< as written
  std::vector<PlannedService> services;
  int replicas = 1;
};

/// The placement called `name`, or the default one if that is empty. A problem if there is none of that name.
const PlacementSpec* find_placement(const Application& application, const std::string& name, config::Problems& problems);

/// The programs this placement runs.
std::vector<Named> programs_of(const Application& application, const PlacementSpec& placement);

/// The hosts of a placement, in the order they are written. All that stands against it goes to `problems`; then what is
/// returned is incomplete.
std::vector<PlannedHost> plan(const Application& application, const PlacementSpec& placement, const Programs& programs,
                              config::Problems& problems);

}  // namespace holon::control
