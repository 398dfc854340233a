"""The programs that are measured: built, started, waited for, and stopped."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / "build"
PROGRAMS = BUILD / "bin" / "bench"
START_SECONDS_MAX = 30


def build():
    """Builds what is measured, in the folder that ./run and ./test use; what it says goes to standard error."""
    script = """. tools/setup.sh; install_packages build bench; configure release build -DHOLON_BENCH=ON
                build build bench holon_cli examples/shop/all"""
    subprocess.run(["bash", "-euc", script], cwd=TOP, check=True, stdout=sys.stderr)


def built(name):
    """The path of a program of bench/, or None: those of a peer exist only where it is installed."""
    path = PROGRAMS / name
    return path if path.exists() else None


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def answers(address):
    """Whether somebody listens at "unix:/path" or "HOST:PORT"."""
    family, target = socket.AF_INET, None
    if address.startswith("unix:"):
        family, target = socket.AF_UNIX, address.removeprefix("unix:")
    else:
        host, port = address.rsplit(":", 1)
        target = (host, int(port))
    with socket.socket(family) as probe:
        return probe.connect_ex(target) == 0


def wait_until(condition, what):
    ends = time.monotonic() + START_SECONDS_MAX
    while not condition():
        if time.monotonic() > ends:
            sys.exit(f"{what}, even after {START_SECONDS_MAX} s")
        time.sleep(0.01)


@contextlib.contextmanager
def serving(command, address):
    """Runs a server until the end of the `with`; gives its process once it answers."""
    log = tempfile.TemporaryFile()
    process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
    try:
        wait_until(lambda: process.poll() is not None or answers(address), f"{command[0]} does not answer at {address}")
        if process.poll() is not None:
            log.seek(0)
            sys.exit(f"{command[0]} ended at once, with exit code {process.returncode}\n{log.read().decode()}")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=START_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def on_one_core(pid):
    """Inside the `with`, the process `pid` with all its threads, and what is started meanwhile, share one core."""
    cores = os.sched_getaffinity(0)

    def settle(on):
        for thread in (*(Path(f"/proc/{pid}/task").iterdir()), Path(str(os.getpid()))):
            os.sched_setaffinity(int(thread.name), on)

    settle({min(cores)})
    try:
        yield
    finally:
        settle(cores)


def output_of(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout.strip()


def json_of(command):
    """What a program printed as one line of JSON."""
    return json.loads(output_of(command))
