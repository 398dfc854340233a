// Which values are secrets, and so are shown nowhere: those of `${file:…}` and `${secret:…}` (see variables.h), and those whose key
// says so, whatever they come from.
#pragma once

#include <string_view>

#include "config/yaml.h"

namespace holon::config {

/// Whether a key's last word is one for secrets: "DB_PASSWORD", "api-token", "clientSecret", "PRIVATE_KEY"; not "tokens_max".
bool names_secret(std::string_view key);

/// Marks the values of such keys below `root` as secrets. `${secret:KEY}` is shown instead, which asks for a variable when it is
/// read again.
void hide_by_name(YamlNode& root);

}  // namespace holon::config
