"""From a saved handler to an answer of the new one, by `holon up --watch`, in the project that `holon new app` writes."""

import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benches.figure import Figure
from benches.programs import BUILD, free_port

SAVE_TO_ANSWER_S_GOAL = 8
ANSWERS_WITHIN_S = 120


def run(*command, cwd=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


def make_project(folder):
    """A built application in `folder`; gives the `holon` it was built with."""
    prefix = folder / "prefix"
    run("cmake", "--install", BUILD, "--prefix", prefix)
    holon = prefix / "bin" / "holon"
    run(holon, "new", "app", "town", cwd=folder)
    app = folder / "town"
    run("cmake", "-G", "Ninja", "-S", app, "-B", app / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", app / "build")
    return holon, app


def wait_for(url, text, up):
    """How long it takes until `url` answers with `text`; asked again and again, since nobody tells when."""
    began = time.monotonic()
    while time.monotonic() - began < ANSWERS_WITHIN_S:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if json.load(answer)["text"] == text:
                    return time.monotonic() - began
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass  # it is being started anew
        if up.poll() is not None:
            sys.exit(f"holon up --watch ended with {up.returncode}")
        time.sleep(0.02)
    sys.exit(f"{url} did not answer {text!r} within {ANSWERS_WITHIN_S} s")


def measure(quick):
    with tempfile.TemporaryDirectory() as name:
        holon, app = make_project(Path(name))
        source = app / "greeter" / "greeter.cc"
        code = source.read_text()
        port = free_port()
        with open(app / "up.log", "w", encoding="utf-8") as log:
            up = subprocess.Popen([str(holon), "up", "--watch", "--bin", "build", "--port", str(port)], cwd=app,
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}/v1/greeter/Ada"
            wait_for(url, "Hello, Ada", up)
            seconds = []
            for i in range(3 if quick else 9):
                source.write_text(code.replace("Hello, ", f"Hello for the {i}th time, "))
                seconds.append(wait_for(url, f"Hello for the {i}th time, Ada", up))
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(timeout=30)
    yield Figure("watch", "save_to_answer", "s", statistics.median(seconds), SAVE_TO_ANSWER_S_GOAL, "goal",
                 goal_value=SAVE_TO_ANSWER_S_GOAL)
