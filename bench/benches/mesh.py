"""What the mesh costs of a call: the echo with everything on, as it comes, beside the same framing with everything off.

`bare` has holon's HTTP/2 and gRPC framing, a deadline and a trace context in the headers, and a fiber for each call on both sides. holon
has beside that counts and latencies, balancing, breakers, budgets and hedges, admission, cancellation, metadata, who calls, and a look
whether a fault is set. grpc++ stands beside both.
"""

import contextlib
import tempfile

from benches.figure import Figure, medians
from benches.peers import SIDES, peer_names, running_sides
from benches.programs import built, free_port, json_of, serving
from benches.rpc import Row, run_once

IN_FLIGHT = 64
TRANSPORTS = ("tcp", "unix")
SHARE_GOAL = 1 / 0.8  # the mesh takes under 20 % of a call's CPU
PEER_GOAL = 1 / 20


def run_bare(process, address, seconds):
    run = json_of([built("mesh_bare_client"), address, IN_FLIGHT, seconds, process.pid])
    return {**run, "cpu_us": run["client_cpu_us"] + run["server_cpu_us"]}


def measure_sides(transport, servers, bare, address, rounds, seconds):
    """{side: medians}, the sides taking turns."""
    runs, row = {}, Row("mesh", {}, transport, IN_FLIGHT)
    for _ in range(rounds):
        for side in ("holon", *peer_names()):
            runs.setdefault(side, []).append(run_once(row, side, servers[side], seconds))
        runs.setdefault("bare", []).append(run_bare(bare, address, seconds))
    return {side: medians(values) for side, values in runs.items()}


def measure(quick):
    rounds, seconds = (3, 0.3) if quick else (9, 0.9)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        servers = stack.enter_context(running_sides(folder, ("holon", *peer_names())))
        addresses = {"tcp": f"127.0.0.1:{free_port()}", "unix": f"unix:{folder}/bare.sock"}
        bare = stack.enter_context(serving([built("mesh_bare_server"), *addresses.values()], addresses["unix"]))
        for transport in TRANSPORTS:
            sides = measure_sides(transport, servers, bare, addresses[transport], rounds, seconds)
            metric, holon = f"cpu_us.{transport}.{IN_FLIGHT}", sides["holon"]["cpu_us"]
            handler = sides["holon"]["handler_cpu_us"]
            yield Figure("mesh", metric, "µs", holon, sides["bare"]["cpu_us"], "bare", handler, goal=SHARE_GOAL)
            for side in ("server", "client"):
                yield Figure("mesh", f"{side}_{metric}", "µs", sides["holon"][f"{side}_cpu_us"], sides["bare"][f"{side}_cpu_us"], "bare")
            if peer_names():
                best = min(peer_names(), key=lambda name: sides[name]["cpu_us"])
                yield Figure("mesh", metric, "µs", holon, sides[best]["cpu_us"], SIDES[best].title, handler, goal=PEER_GOAL)
