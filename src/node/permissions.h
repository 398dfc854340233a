// Permissions: who may call what in an application, as its contracts declare it and `allow:` of holon.yaml narrows it. Its hosts
// are told, and see to it: docs/security.md.
#pragma once

#include <string>
#include <vector>

#include "config/problem.h"
#include "control/placement.h"
#include "holon/node/v1/node.pb.h"

namespace holon::node {

/// In whose name calls of this host come: full names of its services, or, of a command without contract, its name.
std::vector<std::string> callers_of(const control::PlannedHost& host);

/// Who may call which service, and by which certificates hosts of other nodes are known. All that stands against `allow:` goes to
/// `problems`: names of no service and no method, and who does not call the service at all.
/// @param contracts  of all services, and whom each calls
/// @param gateway    whether there is one
v1::Permissions permissions_of(const control::Application& application, const std::vector<control::PlannedHost>& hosts,
                               const v1::Manifest& contracts, bool gateway, config::Problems& problems);

}  // namespace holon::node
