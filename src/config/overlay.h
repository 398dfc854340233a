// Overlays: what another file says instead, as `holon.production.yaml` beside `holon.yaml`.
//
// Maps are merged key by key. Whatever else stands in the overlay, a scalar or a list, takes the place of what was there. A key
// whose value is `null` is removed. Places remain those of the file that a value comes from.
#pragma once

#include "config/yaml.h"

namespace holon::config {

void lay_over(YamlNode& base, YamlNode overlay);

}  // namespace holon::config
