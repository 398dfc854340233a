"""Runs docs/rehearse.md command by command, on a copy of the shop, and compares what each prints with what the page shows.

    rehearse_test.py --bin DIR --shop DIR --page FILE

Times, ports and process ids may be others than on the page; times that it promises as delays are not shorter.
"""

import argparse
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

ARGUMENTS = None
COMMAND_SECONDS_MAX = 60
FENCE = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AFTER = re.compile(r"after (\d+\.\d+) s")
DELAY_SECONDS_MIN = 0.1  # what takes as long on the page was delayed

# What may differ, most special first.
VARIES = [
    (r"\d\d:\d\d:\d\d\.\d\d\d", r"\d\d:\d\d:\d\d\.\d\d\d"),  # a time of day
    (r"pid \d+", r"pid \d+"),
    (r"for \d+ (?:s|min) yet", r"for \d+ (?:s|min) yet"),
    (r"\d+\.\d+ (?:ms|s)\b", r"\d+(?:\.\d+)? (?:ns|µs|ms|s)\b"),
    (r"\s+", r"\s+"),
]


def commands_of(page):
    """[(command, [line that it prints])]"""
    found = []
    for fence in FENCE.findall(page):
        for line in fence.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def pattern_of(line):
    """A regular expression for a line of the page."""
    out, rest = "", line
    while rest:
        for varying, allowed in VARIES:
            match = re.match(varying, rest)
            if match:
                out += allowed
                break
        else:
            match = re.match(r".", rest)
            out += re.escape(match[0])
        rest = rest[match.end():]
    return out


class Rehearse(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="holon-rehearse-"))
        self.addCleanup(shutil.rmtree, self.folder)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.door = f"127.0.0.1:{listening.getsockname()[1]}"
        manifest = (ARGUMENTS.shop / "holon.yaml").read_text()
        (self.folder / "holon.yaml").write_text(self.local(manifest).replace("bin/", f"{ARGUMENTS.bin}/bin/"))
        self.addCleanup(self.run_here, "holon down")

    def local(self, text):
        """The gateway answers where this test found room."""
        return text.replace("127.0.0.1:8080", self.door)

    def run_here(self, command):
        environment = {**os.environ, "PATH": f"{ARGUMENTS.bin}/bin:{os.environ['PATH']}", "no_proxy": "127.0.0.1"}
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=environment, capture_output=True, text=True,
                              check=False, timeout=COMMAND_SECONDS_MAX)
        return done.stdout + done.stderr

    def compare(self, command, expected, printed):
        """`expected` has "…" for lines that the page leaves out."""
        pattern = "".join("(?:.*\n)*?" if line == "…" else pattern_of(self.local(line)) + "\n" for line in expected)
        self.assertRegex(printed, re.compile(f"\\A{pattern}\\Z"), f"$ {command}")
        for shown, took in zip(AFTER.findall("\n".join(expected)), AFTER.findall(printed)):
            if float(shown) >= DELAY_SECONDS_MIN:
                self.assertGreaterEqual(float(took), float(shown) / 2, f"$ {command}")

    def test_the_page_is_what_happens(self):
        commands = commands_of(ARGUMENTS.page.read_text())
        self.assertGreater(len(commands), 10)
        for command, expected in commands:
            self.compare(command, expected, self.run_here(self.local(command)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for option in ("bin", "shop", "page"):
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
