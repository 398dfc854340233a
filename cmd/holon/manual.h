// The manual, made of what usage.h has: pages for man(1), and docs/cli.md.
#pragma once

#include <map>
#include <string>

namespace holon::cli {

/// "holon-up.1" and what stands in it, in the language of man(7).
std::map<std::string, std::string> man_pages();

/// docs/cli.md.
std::string reference();

}  // namespace holon::cli
