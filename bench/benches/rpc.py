"""Unary echo of 100 bytes between two processes: holon on one loop a side, and grpc++ twice: by its callback API, as its
documentation advises, and by completion queues on one thread a side, the fastest that it has here."""

import contextlib
import tempfile
from dataclasses import dataclass

from benches.figure import Figure, medians
from benches.programs import built, free_port, json_of, on_one_core, output_of, serving


@dataclass
class Side:
    """One of the two that are compared: how its server starts, and what its client is."""
    name: str
    server: list
    client: object


def sides():
    yield Side("holon", [built("rpc_holon_server"), "--holon-loops=1", "--holon-listen={}"], built("rpc_holon_client"))
    for name, stem in (("grpc++", "rpc_grpc_callback"), ("grpc++ completion queue", "rpc_grpc")):
        if built(f"{stem}_server"):
            yield Side(name, [built(f"{stem}_server"), "{}"], built(f"{stem}_client"))


def address_of(transport, side, folder):
    return f"unix:{folder}/{side.replace(' ', '-')}.sock" if transport == "unix" else f"127.0.0.1:{free_port()}"


def measure_transport(transport, quick, folder):
    """{(in flight, side): [run, …]}, the sides taking turns."""
    rounds, seconds = (3, 0.6) if quick else (9, 2.0)
    runs = {}
    with contextlib.ExitStack() as stack:
        running = []
        for side in sides():
            address = address_of(transport, side.name, folder)
            command = [str(part).format(address) for part in side.server]
            running.append((side, address, stack.enter_context(serving(command, address)).pid))
        for _ in range(rounds):
            for in_flight in (1, 64):
                for side, address, pid in running:
                    # Lockstep on two cores would measure how long a machine takes to wake a core that has nothing to do.
                    with on_one_core(pid) if in_flight == 1 else contextlib.nullcontext():
                        run = json_of([side.client, address, in_flight, seconds, pid])
                    run["cpu_us"] = run["client_cpu_us"] + run["server_cpu_us"]
                    runs.setdefault((in_flight, side.name), []).append(run)
    return {key: medians(value) for key, value in runs.items()}


def measure(quick):
    version = output_of([built("rpc_grpc_client"), "--version"]) if built("rpc_grpc_client") else None
    note = f"grpc++ {version}" if version else "grpc++ is not installed"
    with tempfile.TemporaryDirectory() as folder:
        results = {transport: measure_transport(transport, quick, folder) for transport in ("tcp", "unix")}
    for metric, unit, in_flight in (("p50_us", "µs", 1), ("cpu_us", "µs", 64)):
        for transport, result in results.items():
            holon = result[in_flight, "holon"]
            for peer_name in [side.name for side in sides()][1:] or [None]:
                peer = result.get((in_flight, peer_name))
                yield Figure("rpc", f"{metric}.{transport}.{in_flight}", unit, holon[metric], peer and peer[metric],
                             peer_name, holon["handler_cpu_us"], note)
