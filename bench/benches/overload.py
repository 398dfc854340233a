"""A host that is called up to ten times as often as it can answer, by callers who ask again; nothing is configured for that.

Two kinds of capacity. `slots`: a handler holds one of 16 slots for 40 ms. `cpu`: a handler computes for 2 ms, in a host that may use
half a processor (`resources: {cpu: 0.5}`, a control group's quota). Callers are a process of their own.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benches.application import holon_up
from benches.figure import Figure
from benches.programs import built, json_of

HEALTHY, FULL, WORST = 0.5, 1, 10  # times what can be answered
LOADS = (HEALTHY, FULL, 2, 5, WORST)
LOST_PERCENT_GOALS = {2: 10, 5: 20}
P99_GOAL = 2.0              # times that of half the load
CRITICAL_FAILED_PERCENT_GOAL = 0.6
EXPIRED_CPU_PERCENT_GOAL = 1
PLACES = 12_000             # calls under way: more than there ever are
SETTLE_S = 3                # until a host knows what it can do
AGAIN_S = 10                # within which all is to be back after a trigger's end
BACK = 0.95                 # the share of calls that are answered then
TRIGGER_S = 3

YAML = """
app: overload
services:
  desk: {{program: bin/bench/overload_desk, replicas: {replicas}, resources: {resources}}}
"""


@dataclass(frozen=True)
class Kind:
    """A kind of capacity: which method is called, how many calls a second it can answer, and what bounds its host."""
    name: str
    method: str
    per_second: float
    resources: str


SLOTS = Kind("slots", "hold", 16 / 0.040, "{processes: 100}")
CPU = Kind("cpu", "compute", 0.5 / 0.002, "{cpu: 0.5}")


def desks(folder, kind, replicas=1):
    return holon_up(folder / f"{kind.name}.{replicas}", YAML.format(replicas=replicas, resources=kind.resources))


def load_command(host, method, rate, seconds, settle=0, slow=1):
    return [built("overload_load"), host["endpoint"], PLACES, seconds, f"--kind={method}", f"--rate={rate}", f"--settle={settle}",
            f"--slow={slow}", host["pid"]]


def load(host, method, rate, seconds):
    """What becomes of calls that come so often, for so long, once they have come for a while."""
    return json_of(load_command(host, method, rate, SETTLE_S + seconds, SETTLE_S))


@contextlib.contextmanager
def in_background(command):
    """Runs it until the end of the `with`, or its own."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


# ---- what a host does at a load, and whom it lets in

def load_figures(kind, runs):
    peak = max(run["per_second"] for run in runs.values())
    healthy = runs[HEALTHY]["p99_ms"]
    generator = ", ".join(f"{100 * run['generator_cpu']:.0f} % at {load}x" for load, run in runs.items())
    note = f"{kind.name}: {peak:.0f} of {kind.per_second:.0f} calls/s at best; the generator took of a processor {generator}"
    for times in (2, 5, WORST):
        lost = 100 * (1 - runs[times]["per_second"] / peak)
        yield Figure("overload", f"lost_percent.{kind.name}.{times}x", "%", lost, note=note, goal_value=LOST_PERCENT_GOALS.get(times))
    for times in (2, 5, WORST):
        goal = P99_GOAL if times < WORST else None
        yield Figure("overload", f"p99_ms.{kind.name}.{times}x", "ms", runs[times]["p99_ms"], healthy, "half the load", None, note, goal)


def cost_figures(slots, cpu):
    """What calls cost that are turned away, and those that nobody waits for any more."""
    # A slot takes no processor: what a host takes for more calls than it can answer goes into turning them away.
    at_worst, full = slots[WORST], slots[FULL]
    more_cpu = at_worst["server_cpu"] - full["server_cpu"]
    shed_us = more_cpu / (at_worst["turned_away_per_second"] - full["turned_away_per_second"]) * 1e6
    note = "of an attempt that is turned away, network included; of the processor time of a host in overload"
    yield Figure("overload", "shed_cpu_us", "µs", shed_us, note=note)
    expired = max(100 * run["expired_cpu"] / run["server_cpu"] for times, run in cpu.items() if times > FULL)
    yield Figure("overload", "expired_cpu_percent", "%", expired, note=note, goal_value=EXPIRED_CPU_PERCENT_GOAL)


def critical_figure(host, kind, seconds):
    """Critical calls beside twelve times as many sheddable ones as can be answered."""
    with in_background(load_command(host, f"{kind.method}_by_the_way", kind.per_second * 12, 2 * SETTLE_S + seconds)):
        urgent = load(host, f"{kind.method}_urgently", kind.per_second * 0.4, seconds)
    failed = 100 * (1 - urgent["answered"] / urgent["made"])
    return Figure("overload", f"critical_failed_percent.{kind.name}.12x", "%", failed, note=f"of {urgent['made']} critical calls",
                  goal_value=CRITICAL_FAILED_PERCENT_GOAL)


# ---- what a host recovers from

def stands_still(host):
    os.kill(host["pid"], signal.SIGSTOP)
    time.sleep(TRIGGER_S)
    os.kill(host["pid"], signal.SIGCONT)


def is_flooded(host):
    json_of(load_command(host, SLOTS.method, SLOTS.per_second * 5, TRIGGER_S))


def is_slow(host):
    json_of(load_command(host, SLOTS.method, 1, TRIGGER_S, slow=5))


TRIGGERS = (stands_still, is_flooded, is_slow)


def seconds_until_back(host, trigger):
    """After the end of the trigger, under a load that a host can bear, until 95 % of the calls of each second are answered."""
    before_s = 2
    calm = load_command(host, SLOTS.method, SLOTS.per_second * 0.7, before_s + TRIGGER_S + AGAIN_S + 3)
    with ThreadPoolExecutor() as pool:
        run = pool.submit(json_of, calm)
        time.sleep(before_s)
        trigger(host)
        ended = time.monotonic()
        result = run.result()
    bad = [second for second, share in enumerate(result["shares"]) if share < BACK]
    return max(0.0, result["began_s"] + bad[-1] + 1 - ended) if bad else 0.0


def recovery_figures(folder, quick):
    together, batches = (3, 1) if quick else (4, 5)
    times = []
    with desks(folder, SLOTS, together) as (hosts, _), ThreadPoolExecutor() as pool:
        for batch in range(batches):
            triggers = [TRIGGERS[(batch * together + number) % len(TRIGGERS)] for number in range(together)]
            times += pool.map(seconds_until_back, hosts, triggers)
    note = f"after a host stood still, was flooded, or was slow, at 70 % load; {sum(t <= AGAIN_S for t in times)} of {len(times)}"
    yield Figure("overload", "back_after_s.worst", "s", max(times), note=note, goal_value=AGAIN_S)
    yield Figure("overload", "back_after_s.median", "s", statistics.median(times), note=note)


def measure(quick):
    seconds = 2 if quick else 8
    runs = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in (SLOTS, CPU):
            with desks(folder, kind) as ((host,), _):
                runs[kind] = {times: load(host, kind.method, kind.per_second * times, seconds) for times in LOADS}
                yield from load_figures(kind, runs[kind])
                yield critical_figure(host, kind, seconds)
        yield from cost_figures(runs[SLOTS], runs[CPU])
        yield from recovery_figures(folder, quick)
