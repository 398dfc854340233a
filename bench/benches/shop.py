"""The shop in both placements, and the same contracts and handlers split over grpc++: what a page costs and takes.

The pages are asked of the frontend by gRPC, by the same client on all sides: grpc++ has no gateway to compare with.
"""

import contextlib
import tempfile
from pathlib import Path

from benches.application import PLACEMENTS, shop_up
from benches.figure import Figure, medians
from benches.programs import built, json_of, serving

IN_FLIGHT = 8  # for CPU per page; latency is measured one at a time

# Who calls whom, by contract; each comes after those it calls.
CALLS = {
    "Ads": [], "Cart": [], "Catalog": [], "Currency": [], "Email": [], "Inventory": [], "Payment": [], "Shipping": [],
    "Recommendation": ["Catalog"],
    "Checkout": ["Cart", "Catalog", "Currency", "Email", "Inventory", "Payment", "Shipping"],
    "Frontend": ["Ads", "Cart", "Catalog", "Checkout", "Currency", "Email", "Inventory", "Recommendation", "Shipping"],
}


@contextlib.contextmanager
def grpc_shop(folder):
    """Starts a process for each service; gives the frontend's address and all pids."""
    address = {service: f"unix:{folder}/{service}.sock" for service in CALLS}
    with contextlib.ExitStack() as stack:
        pids = []
        for service in CALLS:
            peers = [f"shop.{callee}={address[callee]}" for callee in CALLS if callee != service]
            command = [built("shop_grpc_host"), f"shop.{service}", address[service], f"{folder}/{service}", *peers]
            pids.append(stack.enter_context(serving(command, address[service])).pid)
        yield address["Frontend"], pids


@contextlib.contextmanager
def holon_shop(placement, folder):
    """Starts the shop as a user does; gives the frontend's address and the pids of its hosts."""
    with shop_up(placement, folder) as (hosts, _):
        frontend = next(host for host in hosts if host["host"].split(".")[0] in ("frontend", "shop"))
        yield frontend["endpoint"], [host["pid"] for host in hosts]


def visit(address, pids, in_flight, seconds):
    return json_of([built("shop_shopper"), address, in_flight, seconds, *pids])


def measure_sides(quick, folder):
    """{side: medians}, the sides taking turns."""
    rounds, seconds = (2, 1.0) if quick else (7, 3.0)
    runs = {}
    with contextlib.ExitStack() as stack:
        sides = {}
        for placement in PLACEMENTS:
            sides[placement] = stack.enter_context(holon_shop(placement, Path(folder) / placement))
        if built("shop_grpc_host"):
            place = Path(folder) / "grpc"
            place.mkdir()
            sides["grpc"] = stack.enter_context(grpc_shop(place))
        for _ in range(rounds):
            for side, (address, pids) in sides.items():
                alone = visit(address, pids, 1, seconds)
                together = visit(address, pids, IN_FLIGHT, seconds)
                runs.setdefault(side, []).append({
                    "p50_us": alone["p50_us"], "p99_us": alone["p99_us"], "cpu_us_per_page": together["server_cpu_us"]})
    return {side: medians(values) for side, values in runs.items()}


def measure(quick):
    handlers = json_of([built("shop_handlers"), 200 if quick else 2000])
    overhead_us = handlers["calls"] * json_of([built("local"), 51])["overhead_ns"] / 1e3
    with tempfile.TemporaryDirectory() as folder:
        sides = measure_sides(quick, folder)
    peer = sides.get("grpc")
    # What a page costs that makes no calls: its handlers, and the door through which it is asked for.
    without_calls = sides["monolith"]["cpu_us_per_page"] - overhead_us
    for side in sides.values():
        side["calls_share"] = max(0.0, side["cpu_us_per_page"] - without_calls) / side["cpu_us_per_page"]
    alone = max(0.0, handlers["cpu_us"] - overhead_us)
    for side in sides.values():
        side["outside_handlers_us"] = max(0.0, side["cpu_us_per_page"] - alone)
    note = f"{handlers['calls']:.1f} calls a page; grpc++ runs the same handlers, split, one completion queue a process"
    for metric, unit in (("cpu_us_per_page", "µs"), ("outside_handlers_us", "µs"), ("calls_share", ""), ("p50_us", "µs"), ("p99_us", "µs")):
        for placement in PLACEMENTS:
            yield Figure("shop", f"{metric}.{placement}", unit, sides[placement][metric], peer and peer[metric], "grpc++",
                         alone if metric == "cpu_us_per_page" else None, note)
