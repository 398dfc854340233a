"""The shop as its users start it: `holon up` on a copy of its holon.yaml, so that nobody's data is touched."""

import contextlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

from benches.programs import BUILD, TOP, free_port

PLACEMENTS = ("split", "monolith")
HOLON = BUILD / "bin" / "holon"


@contextlib.contextmanager
def holon_up(placement, folder):
    """Runs the shop in `folder` until the end of the `with`; gives the folder of its sockets. Loud when it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    yaml = folder / "holon.yaml"
    shutil.copy(TOP / "examples" / "shop" / "holon.yaml", yaml)
    command = [HOLON, "up", "-f", yaml, "--bin", BUILD, "--placement", placement, "--port", str(free_port()), "-d", "--wait"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    try:
        if done.returncode != 0:
            sys.exit(f"holon up failed:\n{done.stdout}{done.stderr}")
        yield folder / ".holon" / "run"
    finally:
        subprocess.run([HOLON, "down", "-f", yaml], stdin=subprocess.DEVNULL, capture_output=True, check=False)


def seconds_up(placement, folder):
    """How long `holon up -d --wait` takes, and what is measured of the hosts before they go down again."""
    began = time.monotonic()
    with holon_up(placement, folder):
        return time.monotonic() - began, [private_bytes(pid) for pid in host_pids(folder)]


def host_pids(folder):
    """The hosts that the node in `folder` started: those who were told its socket, less the gateway."""
    pids = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        of_node = any(a.startswith("--holon-node=") and str(folder) in a for a in arguments)
        if of_node and any(a.startswith("--holon-services") or a.startswith("--holon-host") for a in arguments):
            pids.append(int(entry.name))
    return sorted(pids)


def private_bytes(pid):
    """Memory of a process that no other one shares."""
    lines = (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
