// Programs: where they lie, and what they say of themselves (`--holon-manifest`).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "control/placement.h"
#include "holon/node/v1/node.pb.h"

namespace holon::env {
class Environment;
}

namespace holon::node {

struct Program {
  std::filesystem::path path;  ///< absolute
  std::string version;         ///< fingerprint of path, size and time of change: what is new has another one
  v1::Manifest manifest;
};

/// By the program as written in holon.yaml.
using ProgramSet = std::map<std::string, Program>;

/// Where programs are looked for: beside holon.yaml, then in `bin`.
struct ProgramPlaces {
  std::filesystem::path beside;
  std::filesystem::path bin;    ///< may be empty
  std::filesystem::path cache;  ///< a folder for what they said
};

/// Finds the programs and asks those that changed since they were asked last, in parallel. What does not answer is left
/// out, with a problem.
ProgramSet ask_programs(env::Environment& world, const ProgramPlaces& places, const std::vector<config::Named>& wanted,
                        config::Problems& problems);

/// Their services, for control::plan.
control::Programs services_of(const ProgramSet& programs);

/// The manifests of all in one, each contract file once. A problem where two programs have different files of one name.
v1::Manifest merge_manifests(const ProgramSet& programs, config::Problems& problems);

}  // namespace holon::node
