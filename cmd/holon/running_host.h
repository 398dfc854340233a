// The process of a host, for verbs that look at it from outside.
#pragma once

#include <filesystem>
#include <string>

#include "holon/node/v1/node.pb.h"
#include "holon/result.h"

namespace holon::cli {

/// What `cart` or `cart.0` names: a ready replica if there is one, else any that runs. NOT_FOUND with the nearest name there is,
/// FAILED_PRECONDITION if none of them runs, UNAVAILABLE without a node.
Result<node::v1::HostState> running_host(const std::filesystem::path& file, const std::string& name);

/// Its file or link in /proc.
std::filesystem::path process_file(const node::v1::HostState& host, const char* name);
/// Where such a link leads.
Result<std::filesystem::path> process_link(const node::v1::HostState& host, const char* name);

/// Says what went wrong; gives the exit code.
int say_failed(const Error& why);

}  // namespace holon::cli
