// What holon.yaml says of the dashboard: `dashboard: off`, or `dashboard: {listen: "127.0.0.1:9000"}`.
#pragma once

#include <string>

#include "config/reader.h"

namespace holon::node {

struct DashboardConfig {
  bool on = true;
  /// An address of this machine's own (loopback); port 0: a free one, the same again as long as it is free.
  std::string listen = "127.0.0.1:0";
};

/// What `value`, that of the key `dashboard`, says; what is wrong with it is added to `problems`.
DashboardConfig read_dashboard(const config::YamlNode& value, config::Problems& problems);

}  // namespace holon::node
