"""Calls between two processes, and their peer: each row is a load, made by all sides in turn."""

import contextlib
import re
import tempfile
from dataclasses import dataclass, field

from benches.figure import Figure, medians
from benches.memory import measure_memory
from benches.peers import SIDES, client_command, peer_names, running_sides, sides
from benches.programs import built, json_of, on_one_core, output_of

OPEN_PLACES = 256  # of holon's client in an open loop: more calls than are ever under way


@dataclass(frozen=True)
class Row:
    """A load, and what is shown of it: {metric: (unit, goal)}, a goal being the ratio to stay below."""
    name: str
    figures: dict
    transport: str = "tcp"
    in_flight: int = 64
    options: dict = field(default_factory=dict)  # of the client
    share: float = 0                             # of grpc++'s capacity, in an open loop
    pairs: tuple = ()                            # (shown as, client, server); all sides with themselves if empty


def closed_rows():
    p50_goal = {"tcp": 1 / 4, "unix": 1 / 5, "tls": None}
    cpu_goal = {"tcp": 1 / 20, "unix": 1 / 20, "tls": 1 / 8}
    for transport in ("tcp", "unix", "tls"):
        yield Row(f"{transport}.1", {"p50_us": ("µs", p50_goal[transport])}, transport, 1)
        yield Row(f"{transport}.64", {"cpu_us": ("µs", cpu_goal[transport])}, transport, 64)
        yield Row(f"{transport}.256", {"cpu_us": ("µs", None), "us_per_call": ("µs", None)}, transport, 256)
    for name, size, in_flight, goal in (("0", 0, 64, None), ("1KB", 1 << 10, 64, None), ("64KB", 64 << 10, 16, 1 / 3),
                                        ("1MB", 1 << 20, 4, 1 / 1.5)):
        yield Row(f"payload.{name}", {"cpu_us": ("µs", goal)}, "tcp", in_flight, {"payload": size})
    for streams in (1, 8):
        yield Row(f"stream.{streams}", {"cpu_us": ("µs", 1 / 10)}, "tcp", streams, {"kind": "stream", "payload": 1 << 10})


def rows():
    yield from closed_rows()
    for percent in (20, 50, 80):
        yield Row(f"open.{percent}", {"cpu_us": ("µs", 1 / 4), "p50_us": ("µs", None), "p99_us": ("µs", 1 / 3),
                                      "p999_us": ("µs", 1 / 3)}, "tcp", OPEN_PLACES, share=percent / 100)
    yield Row("grpc_client", {"server_cpu_us": ("µs", 1 / 2)},
              pairs=(("holon", "queue", "holon"), ("callback", "queue", "callback"), ("queue", "queue", "queue")))
    yield Row("grpc_server", {"client_cpu_us": ("µs", None)},
              pairs=(("holon", "holon", "queue"), ("callback", "callback", "queue"), ("queue", "queue", "queue")))
    yield Row("two_loops", {"us_per_call": ("µs", 1 / 1.6)}, "tcp", 16, {"kind": "work", "work": 100_000},
              pairs=(("holon", "holon", "two loops"), ("one loop", "holon", "holon")))


MEMORY = {"idle": ("connection_kb", 10), "waiting": ("call_kb", 16)}
NAMES = [row.name for row in rows()] + [f"memory.{name}" for name in MEMORY]
FEW = r"^(tcp\.1|unix\.1|tcp\.64|unix\.64|tls\.64|stream\.1|open\.80)$"  # what `bench/run` without names measures


def run_once(row, client, server, seconds, rate=0):
    """One run of a row's client against a server; {} if a side is not there."""
    options = {**row.options, **({"rate": rate} if rate else {})}
    # Lockstep on two cores would measure how long a machine takes to wake a core that has nothing to do.
    with on_one_core(server.pid) if row.in_flight == 1 else contextlib.nullcontext():
        run = json_of(client_command(client, server, row.transport, row.in_flight, seconds, options))
    run["cpu_us"] = run["client_cpu_us"] + run["server_cpu_us"]
    run["us_per_call"] = 1e6 / run["per_second"]
    return run


def measure_row(row, servers, rounds, seconds, capacity):
    """{side: medians}, the sides taking turns."""
    pairs = row.pairs or [(name, name, name) for name in sides()]
    pairs = [pair for pair in pairs if pair[1] in sides() and pair[2] in servers]
    runs = {}
    for _ in range(rounds):
        for shown, client, server in pairs:
            run = run_once(row, client, servers[server], seconds, row.share * capacity)
            runs.setdefault(shown, []).append(run)
    return {shown: medians(values) for shown, values in runs.items()}


def capacity_of_grpc(servers, seconds):
    """Calls a second of the faster of grpc++'s interfaces, at 64 in flight; a small rate if there is no grpc++."""
    row = Row("capacity", {})
    return max([run_once(row, name, servers[name], seconds)["per_second"] for name in peer_names() for _ in range(2)] or [20_000])


def figures_of(row, result, note):
    for metric, (unit, goal) in row.figures.items():
        peers = {name: run[metric] for name, run in result.items() if name != "holon"}
        best = min(peers, key=peers.get, default=None)
        handler = result["holon"]["handler_cpu_us"] if metric.endswith("cpu_us") and "grpc" not in row.name else None
        yield Figure("rpc", f"{metric}.{row.name}", unit, result["holon"][metric], peers.get(best),
                     SIDES[best].title if best in SIDES else best, handler, note, goal)


def measure(quick, wanted=None):
    """@param wanted  a regular expression of rows; all if it is None"""
    chosen = [row for row in rows() if re.search(wanted or "", row.name)]
    memory = [name for name in MEMORY if re.search(wanted or "", f"memory.{name}")]
    note = f"grpc++ {output_of([built('rpc_grpc_client'), '--version'])}" if peer_names() else "grpc++ is not installed"
    rounds, seconds = (2, 0.3) if quick else (5, 0.9)
    with tempfile.TemporaryDirectory() as folder:
        with running_sides(folder) as servers:
            opens = any(row.share for row in chosen)
            capacity = capacity_of_grpc(servers, seconds) if opens else 0
            for row in chosen:
                said = f"open loops: shares of {capacity:.0f} calls/s" if row.share else note
                yield from figures_of(row, measure_row(row, servers, rounds, seconds * (2 if row.share else 1), capacity), said)
        if memory:
            yield from memory_figures(measure_memory(folder, quick), memory)


def memory_figures(result, names):
    for name in names:
        metric, goal_kb = MEMORY[name]
        peers = {side: run[metric] for side, run in result.items() if side != "holon" and metric in run}
        best = min(peers, key=peers.get, default=None)
        yield Figure("rpc", f"{metric}.memory.{name}", "KB", result["holon"][metric], peers.get(best),
                     best and SIDES[best].title, note="of the server", goal_value=goal_kb)
