// What the node passes to a gateway, or to an outlet, on its command line.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "env/reactor.h"
#include "holon/result.h"

namespace holon::gateway {

struct Arguments {
  std::string host;
  struct Caller {
    std::string name;  ///< full name of its contract
    env::Address door;
  };
  std::vector<Caller> callers;       ///< of an outlet
  std::vector<env::Address> listen;  ///< for HTTP: where the configuration says if there are none
  std::optional<env::Address> own;   ///< for the node, which asks what it has counted
  env::Address node;
  std::string contracts;             ///< a file
  std::string config;                ///< a holon.yaml; if empty, `listen` leads to the contracts
  std::filesystem::path base;        ///< what paths in it are relative to
  std::chrono::milliseconds drain{10'000};
  unsigned loops = 0;  ///< 0: as many as there are cores
};

/// INVALID_ARGUMENT names the argument that is unknown, wrong or missing.
Result<Arguments> parse_arguments(int argc, char** argv);

}  // namespace holon::gateway
