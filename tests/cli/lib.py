"""What the tests of `holon` share: the program, an application of two services, and a terminal."""

import fcntl
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unittest

WITHIN_S = 60
PROGRAMS = {}  # "holon", "probe", "docs": where they are


def holon(*arguments, **options):
    """`holon ARGUMENTS`, to its end."""
    return subprocess.run([PROGRAMS["holon"], *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=WITHIN_S, **options)


class Running:
    """`holon ARGUMENTS`, which goes on: its lines so far, and its end by a signal."""

    def __init__(self, *arguments, stderr=subprocess.DEVNULL):
        self.process = subprocess.Popen([PROGRAMS["holon"], *map(str, arguments)], stdout=subprocess.PIPE,
                                        stderr=stderr, stdin=subprocess.DEVNULL, text=True)
        self.lines = []
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()

    def wait_for(self, wanted, times=1):
        """The first line that is `wanted`, a function or a text in it, once there are so many."""
        found = wanted if callable(wanted) else lambda line: wanted in line
        with self.changed:
            if not self.changed.wait_for(lambda: sum(map(bool, map(found, self.lines))) >= times, WITHIN_S):
                raise AssertionError(f"{wanted} was not written, but {self.lines}")
            return next(filter(found, self.lines))

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        code = self.process.wait(WITHIN_S)
        self.reader.join(WITHIN_S)
        self.process.stdout.close()
        return code


def in_terminal(*command, columns=80, environment=None, until=None, keys=b""):
    """What `command` shows on a terminal of that width. If `until` is said, `keys` are pressed when it was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update({"TERM": "xterm", **(environment or {})})
        os.execv(command[0], list(map(str, command)))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    shown = b""
    deadline = time.monotonic() + WITHIN_S
    try:
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                part = os.read(terminal, 65536)
            except OSError:  # EIO: nobody has the terminal any more
                break
            if not part:
                break
            shown += part
            if until and until.encode() in shown:
                os.write(terminal, keys)
                until = None
        else:
            os.kill(pid, signal.SIGKILL)
            raise AssertionError(f"{command} goes on, and has shown {shown}")
    finally:
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
    return shown.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(status)


class Folder(unittest.TestCase):
    """Has `self.folder`, and in it `self.file`, the holon.yaml of an application that does not run."""

    echo = ""  # more of what is written about the service echo
    relay_owner = "team-relay"

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="holon-cli-"))
        cls.file = cls.folder / "holon.yaml"
        probe = PROGRAMS["probe"]
        cls.file.write_text(f"app: probe\nservices:\n  echo: {{program: {probe}, owner: team-echo{cls.echo}}}\n"
                            f"  relay: {{program: {probe}, owner: {cls.relay_owner}}}\n"
                            "placements:\n  split: each\n  monolith: {probe: {services: [echo, relay]}}\n"
                            "gateway: {listen: \"127.0.0.1:0\"}\n")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def verb(self, verb, *arguments, code=0, **options):
        """`holon VERB --file … ARGUMENTS`, which has to end with `code`."""
        ran = holon(verb, "--file", self.file, *arguments, **options)
        self.assertEqual(ran.returncode, code, f"holon {verb} {arguments}: {ran.stdout}{ran.stderr}")
        return ran

    def refused(self, code, *arguments):
        """What a verb says that ends with `code`, and gives no data."""
        ran = self.verb(*arguments, code=code)
        self.assertEqual(ran.stdout, "")
        return ran.stderr


class Application(Folder):
    """Two services, which run as long as the tests of this class: relay calls echo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        up = holon("up", "-d", "--wait", "-f", cls.file)
        if up.returncode != 0:
            raise AssertionError(up.stderr)

    @classmethod
    def tearDownClass(cls):
        holon("down", "-f", cls.file)
        super().tearDownClass()

    def hosts(self):
        return {host["host"]: host for host in json.loads(self.verb("ps", "--json").stdout)["hosts"]}

    def wait_until(self, holds):
        """Until `holds(self.hosts())`."""
        deadline = time.monotonic() + WITHIN_S
        while not holds(self.hosts()):
            if time.monotonic() > deadline:
                raise AssertionError(f"still {self.hosts()}")
            time.sleep(0.05)
