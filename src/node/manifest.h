// holon.yaml: what an application consists of, read strictly and with every problem named at once.
#pragma once

#include <optional>
#include <string>

#include "control/application.h"

namespace holon::node {

/// The application that `yaml` describes; nothing, and at least one problem more, if it describes none.
std::optional<control::Application> read_manifest(const std::string& yaml, config::Problems& problems);

}  // namespace holon::node
