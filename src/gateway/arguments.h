// What the node passes to a gateway, or to an outlet, on its command line, and what both make of it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/limits.h"
#include "app/node_link.h"
#include "env/reactor.h"
#include "gateway/contracts.h"
#include "holon/result.h"

namespace holon::gateway {

struct Arguments {
  std::string host;
  struct Callee {
    std::string name;                    ///< in holon.yaml
    std::vector<std::string> contracts;  ///< full names of its services; none: it speaks plain HTTP
  };
  struct Caller {
    std::string name;  ///< full name of its contract
    env::Address door;
    std::vector<Callee> callees = {};  ///< whom it may call
  };
  std::vector<Caller> callers;       ///< of an outlet
  std::vector<env::Address> listen;  ///< for HTTP: where the configuration says if there are none
  std::optional<env::Address> own;   ///< for the node, which asks what it has counted
  env::Address node;
  app::HostIdentity identity;        ///< on a node that is not alone
  std::string contracts;             ///< a file
  std::string config;                ///< a holon.yaml; if empty, `listen` leads to the contracts
  std::filesystem::path base;        ///< what paths in it are relative to
  std::chrono::milliseconds drain{10'000};
  unsigned loops = 0;  ///< 0: as many as there are cores
  app::HostLimits limits;  ///< of which those of a client hold
};

/// INVALID_ARGUMENT names the argument that is unknown, wrong or missing.
Result<Arguments> parse_arguments(int argc, char** argv);

/// The contracts in the file that they name.
Result<Contracts> read_contracts(const Arguments& arguments);

/// What the process ends with: 0 if nothing was cut off, 1 otherwise; 2 for an error, which is written to stderr.
int exit_code(const char* program, const Result<bool>& clean);

}  // namespace holon::gateway
