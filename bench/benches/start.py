"""How fast the built shop of 11 services is up, and what memory its hosts take; beside the goals, for want of a peer."""

import statistics
import tempfile
from pathlib import Path

from benches.application import seconds_up
from benches.figure import Figure

READY_MS_GOAL = 300
PRIVATE_MB_GOAL = 12


def measure(quick):
    with tempfile.TemporaryDirectory() as folder:
        seconds_up("split", Path(folder))  # the first one makes the databases and reads the programs' manifests
        runs = [seconds_up("split", Path(folder)) for _ in range(3 if quick else 11)]
    ready_ms = statistics.median(seconds for seconds, _ in runs) * 1e3
    private_mb = statistics.median(statistics.mean(memory) for _, memory in runs) / 1e6
    yield Figure("start", "ready_ms", "ms", ready_ms, READY_MS_GOAL, "goal")
    yield Figure("start", "private_mb", "MB", private_mb, PRIVATE_MB_GOAL, "goal")
