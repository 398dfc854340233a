// Metadata as the command line writes and shows it: "name: value", base64 under names that end in -bin.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "holon/call.h"

namespace holon::cli {

/// INVALID_ARGUMENT names the header that is none, or that could not be carried.
Result<Metadata> parse_headers(const std::vector<std::string>& headers);

/// A line each on standard error: "header  x-tenant: 7".
void print_metadata(std::string_view kind, const Metadata& metadata);

}  // namespace holon::cli
