// Contract files, compiled where they lie: for servers without reflection.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "contract/catalog.h"

namespace holon::node {

struct ContractFiles {
  contract::Catalog::Files files;     ///< with all that they import, and their comments
  std::vector<std::string> services;  ///< full names, of the files that were named
  std::map<std::string, std::string> texts;  ///< of the files that were named, by the names under which others import them
};

/// @param files    as one would import them, or as paths
/// @param imports  where they and their imports are looked for, in this order; here if empty. What holon's own program knows
///                 (google/protobuf, google/api, holon/options.proto) need not lie there.
/// INVALID_ARGUMENT with file, line and column of each mistake.
Result<ContractFiles> read_contracts(const std::vector<std::string>& files,
                                     const std::vector<std::filesystem::path>& imports);

}  // namespace holon::node
