"""1,000 calls a second to a service of two replicas, which are killed in turn (kill -9): what fails, and how long calls take.

The callers' service is a host of its own, and has nothing configured; the node starts what was killed again. Goals stand beside it,
for want of a peer.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benches.application import holon_up, hosts_of
from benches.figure import Figure
from benches.programs import built

CALLS_PER_SECOND = 1000
PLACES = 1000         # calls under way at most
SLOT_S = 0.05         # of the load's slowest calls
CALM_S = 1            # between a replica's return and the next kill
NOTICED_MS_GOAL = 50
BACK_WITHIN_S = 60    # a node waits longer and longer before it starts what ends again and again

YAML = """
app: failover
services:
  pair: {program: bin/bench/failover_pair, replicas: 2}
  asker: {program: bin/bench/failover_pair}
"""


def named(folder, name):
    return next(host for host in hosts_of(folder) if host["host"] == name)


def kill_and_await(folder, name):
    """Kills a replica; returns when, once another process is ready in its place."""
    pid = named(folder, name)["pid"]
    killed = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    while time.monotonic() < killed + BACK_WITHIN_S:
        time.sleep(0.1)
        host = named(folder, name)
        if host["state"] == "ready" and host["pid"] != pid:
            return killed
    sys.exit(f"{name} was not back {BACK_WITHIN_S} s after it was killed")


def killed_in_turn(folder, rounds):
    times = []
    for number in range(rounds):
        times.append(kill_and_await(folder, f"pair.{number % 2}"))
        time.sleep(CALM_S)
    return times


def under_load(folder, rounds):
    """What the load says, and the slowest call of each round, in ms: of those that began up to a slot before the kill."""
    command = [built("failover_load"), named(folder, "asker.0")["endpoint"], PLACES, rounds * BACK_WITHIN_S,
               f"--rate={CALLS_PER_SECOND}", named(folder, "asker.0")["pid"]]
    load = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    try:
        began = json.loads(load.stdout.readline())["began_s"]
        time.sleep(CALM_S)
        times = killed_in_turn(folder, rounds)
        load.send_signal(signal.SIGTERM)
        result = json.loads(load.stdout.readline())
    finally:
        load.kill()
        load.wait()
    slots = [int((killed - began) / SLOT_S) - 1 for killed in times]
    ends = [*slots[1:], len(result["slowest_ms"])]
    return result, [max(result["slowest_ms"][slot:end]) for slot, end in zip(slots, ends)]


def measure(quick):
    rounds = 4 if quick else 20
    with tempfile.TemporaryDirectory() as name, holon_up(Path(name), YAML):
        result, slowest = under_load(Path(name), rounds)
    note = f"{rounds} rounds of kill -9, {result['calls']} calls; slowest: of each round"
    yield Figure("failover", "errors", "", result["errors"], note=note, goal_value=0)
    yield Figure("failover", "slowest_ms.worst", "ms", max(slowest), note=note, goal_value=NOTICED_MS_GOAL)
    yield Figure("failover", "slowest_ms.median", "ms", statistics.median(slowest), note=note, goal_value=NOTICED_MS_GOAL)
    for metric in ("p50_ms", "p99_ms", "p999_ms"):
        yield Figure("failover", metric, "ms", result[metric], note=note)
