// The outlet: where processes that know nothing of holon call its services. A host of holon's own, beside the gateway: each caller
// has a door, an ordinary gRPC server on loopback that has all services of the application, and, for each service that it calls
// and that speaks plain HTTP, a door which is a gateway to that one alone. What comes in goes to wherever the directory says, with
// balancing, the caller's deadline, and the caller's name on the edge. A door stays where it is whatever restarts, scales or moves
// behind it.
#pragma once

namespace holon::gateway {

/// Runs an outlet until SIGTERM or SIGINT, and gives its exit code. Understands
///
///   --holon-host=outlet.0           its name and replica
///   --holon-caller=shop.Ads=fd:4    who calls, and its door; one for each
///   --holon-caller=shop.Ads/pages=fd:5   the same, to a service that speaks HTTP
///   --holon-own=fd:3, --holon-node=…, --holon-contracts=…, --holon-drain-ms=…, --holon-loops=1: as a gateway's
int run_outlet_host(int argc, char** argv);

}  // namespace holon::gateway
