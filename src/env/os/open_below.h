// Disk::open_below, by openat2(2).
#pragma once

#include <memory>
#include <string>

#include "env/disk.h"

namespace holon::env {

Result<std::unique_ptr<OpenFile>> open_below(const std::filesystem::path& folder, const std::string& below);

}  // namespace holon::env
