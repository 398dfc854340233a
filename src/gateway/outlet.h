// The outlet: where processes that know nothing of holon call its services. A host of holon's own, beside the gateway: each caller
// has a door on loopback, which leads to all services that it may call (mesh_door.h). What comes in goes to wherever the directory says,
// with balancing, the caller's deadline, and the caller's name on the edge. A door stays where it is whatever restarts, scales or
// moves behind it.
#pragma once

namespace holon::gateway {

/// Runs an outlet until SIGTERM or SIGINT, and gives its exit code. Understands
///
///   --holon-host=outlet.0           its name and replica
///   --holon-caller=shop.Ads=fd:4    who calls, and its door; one for each
///   --holon-callee=shop.Ads/catalog=shop.Catalog   whom it may call: a service and its contracts, none if it speaks plain HTTP
///   --holon-own=fd:3, --holon-node=…, --holon-contracts=…, --holon-drain-ms=…, --holon-loops=1, --holon-limit=…: as a gateway's
int run_outlet_host(int argc, char** argv);

}  // namespace holon::gateway
