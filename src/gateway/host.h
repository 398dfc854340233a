// The gateway as a host: a process that the node starts, tells where services are, and stops (docs/design/host.md).
#pragma once

namespace holon::gateway {

/// Runs a gateway until SIGTERM or SIGINT, and gives its exit code. Understands
///
///   --holon-host=gateway.0      its name and replica
///   --holon-config=FILE         a holon.yaml, whose `gateway:` says all; without it, `/**` leads to the contracts
///   --holon-base=DIR            what paths in that file are relative to
///   --holon-listen=fd:3         where it answers HTTP: a descriptor, HOST:PORT or unix:/path, one for each `listen:` of the
///                               configuration, in their order; where that says if there are none
///   --holon-own=fd:4            where it answers its node: holon.node.v1.Host and Gateway, grpc.health.v1
///   --holon-node=unix:/…        where the node serves holon.node.v1.Hosts
///   --holon-contracts=FILE      a serialized holon.node.v1.Manifest: the services with routes, and their contracts
///   --holon-drain-ms=10000      how long a stop may take
///   --holon-loops=N             threads; as many as there are cores if absent
///   --holon-limit=client.…=…    how it calls services: a limit of docs/connections.md
int run_gateway_host(int argc, char** argv);

}  // namespace holon::gateway
