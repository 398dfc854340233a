"""Five replicas that may use 15 % of a processor each (`resources: {cpu: 0.15}`, a control group's quota), one of which takes ten times
as long for the same; one caller, which calls at 50, 80 and 95 % of what they can answer together, whether or not it is answered.
"""

import sys
import tempfile
from pathlib import Path

from benches.application import holon_up
from benches.figure import Figure
from benches.programs import built, json_of

POLICIES = ("two_choices", "prequal", "ring_hash", "round_robin")
BESIDE = "round_robin"
LOADS_PERCENT = (50, 80, 95)
REPLICAS = 5
SLOWER = 10
CPU = 0.15
PIECE_S = 0.002
PER_SECOND = CPU / PIECE_S * (REPLICAS - 1 + 1 / SLOWER)  # what they can answer
PLACES = 5_000  # calls under way: more than there ever are
SETTLE_S = 3    # until the caller knows who is slow

YAML = f"""
app: balance
services:
  worker: {{program: bin/bench/balance_worker, replicas: {REPLICAS}, resources: {{cpu: {CPU}}}}}
"""


def unbounded(hosts):
    """Why a host is not bounded, if one is not."""
    return next((host["warning"] for host in hosts if host.get("warning")), None)


def load(hosts, policy, percent, seconds):
    addresses = ",".join(host["endpoint"] for host in hosts)
    return json_of([built("balance_load"), addresses, PLACES, SETTLE_S + seconds, f"--balance={policy}", f"--settle={SETTLE_S}",
                    f"--rate={PER_SECOND * percent / 100}", f"--slow={SLOWER}", *(host["pid"] for host in hosts)])


def figures_of(percent, runs):
    """The latency of what was answered, and what was not: an overloaded replica turns calls away, and these are fast."""
    note = f"{percent} % of {PER_SECOND:.0f} calls/s"
    for metric, unit, of in (("p99_ms", "ms", lambda run: run["p99_ms"]),
                             ("unanswered_percent", "%", lambda run: 100 * (1 - run["answered"] / run["made"]))):
        for policy, run in runs.items():
            peer = None if policy == BESIDE else of(runs[BESIDE])
            name = None if policy == BESIDE else BESIDE
            yield Figure("balance", f"{metric}.{policy}.{percent}", unit, of(run), peer, name, None, note)


def measure(quick):
    seconds = 3 if quick else 20
    with tempfile.TemporaryDirectory() as name, holon_up(Path(name), YAML) as (hosts, _):
        if why := unbounded(hosts):
            print(f"balance: skipped, as replicas cannot be capped here: {why}", file=sys.stderr)
            return
        for percent in LOADS_PERCENT:
            yield from figures_of(percent, {policy: load(hosts, policy, percent, seconds) for policy in POLICIES})
