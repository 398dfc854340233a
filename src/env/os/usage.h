#pragma once

#include "env/process.h"

namespace holon::env {

/// What this process has used: getrusage(2) and /proc/self/smaps_rollup.
Usage read_usage();

}  // namespace holon::env
