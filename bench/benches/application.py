"""Applications as their users start them: by `holon up`. The shop on a copy of its holon.yaml, so that nobody's data is touched."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

from benches.programs import BUILD, TOP, free_port, json_of

PLACEMENTS = ("split", "monolith")
HOLON = BUILD / "bin" / "holon"


@contextlib.contextmanager
def holon_up(folder, manifest, *options):
    """Runs an application in `folder` until the end of the `with`; gives its hosts, as `holon ps --json` names them, less the
    gateway, and how many seconds they took to be ready."""
    folder.mkdir(parents=True, exist_ok=True)
    yaml = folder / "holon.yaml"
    yaml.write_text(manifest)
    command = [HOLON, "up", "-f", yaml, "--bin", BUILD, *options, "-d", "--wait"]
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    try:
        if done.returncode != 0:
            sys.exit(f"holon up failed:\n{done.stdout}{done.stderr}")
        yield [host for host in hosts_of(folder) if not host["host"].startswith("gateway.")], seconds
    finally:
        subprocess.run([HOLON, "down", "-f", yaml], stdin=subprocess.DEVNULL, capture_output=True, check=False)


def hosts_of(folder):
    """The hosts of the application that runs there, as `holon ps --json` names them."""
    return json_of([HOLON, "ps", "-f", folder / "holon.yaml", "--json"])["hosts"]


def shop_up(placement, folder):
    manifest = (TOP / "examples" / "shop" / "holon.yaml").read_text()
    return holon_up(folder, manifest, "--placement", placement, "--port", str(free_port()))


def seconds_up(placement, folder):
    """How long `holon up -d --wait` takes, and the private memory of each host before they go down again."""
    with shop_up(placement, folder) as (hosts, seconds):
        return seconds, [private_bytes(host["pid"]) for host in hosts]


def private_bytes(pid):
    """Memory of a process that no other one shares."""
    lines = (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
