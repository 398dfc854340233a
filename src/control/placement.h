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

/// What runs services: a program as written in holon.yaml, or, of a service that is a command, `command_key`.
using Programs = std::map<std::string, std::vector<ProgramService>>;

/// Where `Programs` has what the contracts of a service that is a command say. Its own `calls` are in no contract.
std::string command_key(const ServiceSpec& service);

struct PlannedService {
  std::string name;
  std::string contract;
  std::string owner;
  std::map<std::string, std::string> settings;
  std::string config = {};  ///< as JSON; empty: there is none
};

struct PlannedHost {
  std::string name;
  std::string program;                   ///< as written; empty for a command
  std::vector<std::string> command;      ///< as written; empty for a program
  std::vector<PlannedService> services;  ///< a command has one entry for each service of its contracts, or one without contract
  Protocol protocol = Protocol::grpc;
  std::vector<std::string> calls;        ///< names of the services of other hosts that its services call
  std::vector<std::string> needs;        ///< the hosts of these
  std::map<std::string, std::string> environment;
  HealthSpec health;
  ResourceLimits resources;              ///< of each replica
  int replicas = 1;
};

/// The placement called `name`, or the default one if that is empty. A problem if there is none of that name.
const PlacementSpec* find_placement(const Application& application, const std::string& name, config::Problems& problems);

/// The programs this placement has to be asked about: those it runs, and those that a command stands in for.
std::vector<Named> programs_of(const Application& application, const PlacementSpec& placement);

/// The hosts of a placement, in the order they are written; then those of commands that are in no list, since a command has a
/// host of its own in every placement. All that stands against it goes to `problems`; then what is
/// returned is incomplete.
std::vector<PlannedHost> plan(const Application& application, const PlacementSpec& placement, const Programs& programs,
                              config::Problems& problems);

}  // namespace holon::control
