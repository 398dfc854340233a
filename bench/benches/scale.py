"""CPU per call and memory as a system grows: services in a host, connections to it, endpoints to choose among, hosts that a call goes
through. 64 calls in flight."""

import contextlib
import statistics
import tempfile
from pathlib import Path

from benches.application import holon_up
from benches.programs import built, json_of, serving

IN_FLIGHT = 64
HOPS_MAX = 8
CURVES = {
    "services": (1, 10, 30, 100),
    "connections": (1, 10, 64, 100, 300, 1_000, 3_000, 10_000),
    "endpoints": (1, 10, 64, 100, 300, 1_000),
    "hops": (1, 2, 4, HOPS_MAX),
}
SAYS = {
    "services": "in one host, called in turn over one connection",
    "connections": "to one host, called in turn; from 64 on each call is a read and a write of its own, on both sides",
    "endpoints": "each a socket of its own, chosen by the balancer; from 64 on as with connections",
    "hops": "services in a row, each a host, each asking the next; CPU per hop, and memory of all hosts",
}


@contextlib.contextmanager
def serving_curve(curve, sizes, folder):
    """What is large enough for all sizes of a curve; gives its pids, and what its addresses begin with, or its address."""
    if curve == "hops":
        with holon_up(Path(folder), hops_manifest()) as (hosts, _):
            first = next(host for host in hosts if host["host"] == "hop1.0")
            yield [host["pid"] for host in hosts], first["endpoint"]
        return
    prefix = f"unix:{folder}/{curve}."
    endpoints = max(sizes) if curve == "endpoints" else 1
    services = max(sizes) if curve == "services" else 1
    listens = [f"--holon-listen={prefix}{number}" for number in range(endpoints)]
    # A host that is nearly full of connections sends away who has been idle for longest: then calls would be made of greetings.
    limit = f"--holon-limit=connections_max={2 * max(CURVES['connections'])}"
    with serving([built("scale_server"), services, "--holon-loops=1", limit, *listens], f"{prefix}{endpoints - 1}") as process:
        yield [process.pid], prefix


def hops_manifest():
    services = "".join(f"  hop{number}: {{program: bin/bench/scale_hops_server}}\n" for number in range(1, HOPS_MAX + 1))
    return f"app: hops\nservices:\n{services}"


def measure_curve(curve, quick):
    """[(size, medians), …], the sizes taking turns."""
    sizes = CURVES[curve]
    client = built("scale_hops_client" if curve == "hops" else "scale_client")
    runs = {}
    with tempfile.TemporaryDirectory() as folder, serving_curve(curve, sizes, folder) as (pids, address):
        for _ in range(1 if quick else 5):
            for size in sizes:
                run = json_of([client, address, IN_FLIGHT, 0.4 if quick else 1.0, f"--{curve}={size}", *pids])
                runs.setdefault(size, []).append(run)
    for size, values in runs.items():
        yield size, {name: statistics.median(run[name] for run in values) for name in values[0]}


def print_curve(curve, quick):
    print(f"\n{curve}: {SAYS[curve]}\n{curve:>12}{'server µs':>11}{'client µs':>11}{'both':>8}{'to first':>10}{'server MB':>11}"
          f"{'client MB':>11}")
    first = None
    for size, run in measure_curve(curve, quick):
        hops = size if curve == "hops" else 1
        server, client = run["server_cpu_us"] / hops, run["client_cpu_us"] / hops
        first = first or server + client
        print(f"{size:>12}{server:>11.2f}{client:>11.2f}{server + client:>8.2f}{(server + client) / first:>10.2f}"
              f"{run['server_kb'] / 1e3:>11.1f}{run['client_kb'] / 1e3:>11.1f}", flush=True)
