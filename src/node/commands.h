// Commands: services that are processes which know nothing of holon. What their contracts say, and whether they can be started,
// is found out before anything runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "control/placement.h"
#include "node/document.h"
#include "node/programs.h"

namespace holon::node {

/// Compiles the contracts of all commands into `programs`, each under its control::command_key. A command answers the service of
/// its own name ("ads" is shop.Ads), or all services of its contracts if none is called so.
///
/// A contract file is named as it lies below `beside`, and what it imports is looked for there; if that fails, in the next folder
/// on the way to it ("vendor/contracts/shop/ads.proto" may import "shop/money.proto"), and is then named from there. One outside is
/// named from its own folder. A problem has the file, line and column of the contract's own mistake.
void read_commands(const std::filesystem::path& beside, const control::Application& application,
                   ProgramSet& programs, config::Problems& problems);

/// A problem for each file that `contract:` of a service names and that is not there. It takes the document, so that these are named
/// also where other things are wrong.
void find_contracts(env::Environment& world, const std::filesystem::path& beside, const Document& document,
                    config::Problems& problems);

/// A problem for each command of the placement whose executable is neither a path below `beside` nor found by PATH.
void find_commands(env::Environment& world, const std::filesystem::path& beside, const control::Application& application,
                   const control::PlacementSpec& placement, config::Problems& problems);

/// A fingerprint of the words and of those files below `beside` that they name: a changed script is a new version.
std::string command_version(env::Environment& world, const std::filesystem::path& beside,
                            const std::vector<std::string>& command);

}  // namespace holon::node
