"""CPU per call as a system grows: services in a host, connections to it, endpoints to choose among. 64 calls in flight."""

import contextlib
import statistics
import tempfile

from benches.programs import built, json_of, serving

IN_FLIGHT = 64
CURVES = {
    "services": (1, 10, 30, 100),
    "connections": (1, 10, 64, 100, 300, 1_000, 3_000, 8_000),
    "endpoints": (1, 10, 64, 100, 300, 1_000),
}
SAYS = {
    "services": "in one host, called in turn over one connection",
    "connections": "to one host, called in turn; from 64 on each call is a read and a write of its own, on both sides",
    "endpoints": "each a socket of its own, chosen by the balancer; from 64 on as with connections",
}


@contextlib.contextmanager
def serving_curve(curve, sizes, folder):
    """A host that is large enough for all sizes of a curve; gives its pid and what its addresses begin with."""
    prefix = f"unix:{folder}/{curve}."
    endpoints = max(sizes) if curve == "endpoints" else 1
    services = max(sizes) if curve == "services" else 1
    listens = [f"--holon-listen={prefix}{number}" for number in range(endpoints)]
    with serving([built("scale_server"), services, "--holon-loops=1", *listens], f"{prefix}{endpoints - 1}") as process:
        yield process.pid, prefix


def measure_curve(curve, quick):
    """[(size, server µs, client µs), …]: medians, the sizes taking turns."""
    sizes = CURVES[curve]
    runs = {}
    with tempfile.TemporaryDirectory() as folder, serving_curve(curve, sizes, folder) as (pid, prefix):
        for _ in range(1 if quick else 5):
            for size in sizes:
                run = json_of([built("scale_client"), prefix, IN_FLIGHT, 0.4 if quick else 1.0, f"--{curve}={size}", pid])
                runs.setdefault(size, []).append(run)
    for size, values in runs.items():
        yield size, *(statistics.median(run[f"{side}_cpu_us"] for run in values) for side in ("server", "client"))


def print_curve(curve, quick):
    print(f"\n{curve}: {SAYS[curve]}\n{curve:>12}{'server µs':>11}{'client µs':>11}{'both':>8}{'to first':>10}")
    first = None
    for size, server, client in measure_curve(curve, quick):
        first = first or server + client
        print(f"{size:>12}{server:>11.2f}{client:>11.2f}{server + client:>8.2f}{(server + client) / first:>10.2f}", flush=True)
