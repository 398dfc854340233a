// DNS by c-ares, which does its own I/O and is used here alone.
#pragma once

#include <string>

#include "env/names.h"

namespace holon::env {

/// See Names::records.
Result<NameRecords> ask_dns(const std::string& name, const std::string& server);

}  // namespace holon::env
