"""The magazine of docs/proxy.md in a folder of its own, for tests; and a load of requests."""

import argparse
import collections
import contextlib
import http.client
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ARGUMENTS = None
HERE = pathlib.Path(__file__).resolve().parent
COMMAND_SECONDS_MAX = 60
WAIT_SECONDS_MAX = 30
LOOK_SECONDS = 0.01


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


class Load:
    """Asks from several threads, without a pause, until it is told to end."""

    def __init__(self, port, method, path, threads=4):
        self.port, self.method, self.path = port, method, path
        self.answers = collections.Counter()  # those that are well, by who gives them
        self.failures = []
        self.times = []                       # when each was asked, and how long it took, in seconds
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self.ask) for _ in range(threads)]

    def ask(self):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS_MAX)) as connection:
            while not self.ending.is_set():
                began = time.monotonic()
                connection.request(self.method, self.path, body=b"news" if self.method == "POST" else None)
                answer = connection.getresponse()
                text = answer.read().decode()
                self.times.append((began, time.monotonic() - began))
                if answer.status == 200:
                    self.answers[text.split()[-1]] += 1
                else:
                    self.failures.append(f"{answer.status} {text}")

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()


class Magazine(unittest.TestCase):
    MANIFEST = "holon.yaml"
    PROGRAMS = ("server.py", "pages.py", "front.py")

    def setUp(self):
        self.settle(self.addCleanup)

    @classmethod
    def settle(cls, add_cleanup):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="holon-http-"))
        add_cleanup(shutil.rmtree, cls.folder)
        shutil.copy(HERE / cls.MANIFEST, cls.folder / "holon.yaml")
        for name in cls.PROGRAMS:
            shutil.copy(HERE / name, cls.folder)
        cls.port = free_port()
        add_cleanup(cls.holon, "down", expected=None)

    @classmethod
    def holon(cls, *words, expected=0):
        done = subprocess.run([ARGUMENTS.bin / "bin" / "holon", *words], cwd=cls.folder, capture_output=True, text=True,
                              check=False, timeout=COMMAND_SECONDS_MAX)
        if expected not in (None, done.returncode):
            raise AssertionError(f"holon {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    @classmethod
    def up(cls):
        cls.holon("up", "-d", "--wait", "--port", str(cls.port))

    def host(self, name):
        hosts = json.loads(self.holon("ps", "--json"))["hosts"]
        return next(host for host in hosts if host["host"] == name)

    def write(self, old, new):
        path = self.folder / "holon.yaml"
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))

    def ask(self, path, headers=None):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS_MAX)) as connection:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.read().decode()

    def who_answers(self, path, times):
        return collections.Counter(self.ask(path).split()[-1] for _ in range(times))

    def until(self, condition, what):
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(LOOK_SECONDS)  # or the load of this process gets no further


def main():
    global ARGUMENTS
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
