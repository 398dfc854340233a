// How a failed call is told.
#pragma once

#include "cmd/holon/servers.h"
#include "cmd/holon/session.h"

namespace holon::cli {

/// On standard error: "NOT_FOUND: no product 7", then a line for each of its details, in JSON where their types are known.
void print_status(const Error& error, Session& session, Servers& servers);

}  // namespace holon::cli
