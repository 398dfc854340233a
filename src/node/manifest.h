// holon.yaml: what an application consists of, read strictly and with every problem named at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "control/application.h"

namespace holon::node {

/// The application that `yaml` describes; nothing, and at least one problem more, if it describes none.
std::optional<control::Application> read_manifest(const std::string& yaml, control::Problems& problems);

/// "FILE:3:5: what is wrong, and the remedy", a line each, in order of place.
std::string to_text(control::Problems problems, std::string_view file);

}  // namespace holon::node
