// The keys of `gateway:`, declared once: read_config.cc reads them, and the schema and the docs of holon.yaml list them.
#pragma once

#include "config/keys.h"

namespace holon::gateway {

/// "gateway" and all below it.
const config::Keys& keys();

}  // namespace holon::gateway
