"""logs of a host that writes more than is kept in one file: none is lost or told twice, and what a slow reader loses is told."""

import json
import re
import subprocess
import threading
import time

from lib import PROGRAMS, WITHIN_S, Application, holon

MIB = 1 << 20
ONE_FILE = 16 * MIB  # what is kept in one, as src/node/supervisor.cc has it
LINE_BYTES = 1000


class Logs(Application):
    """The tests write numbered lines into the log of echo as its process does: at the end of the file."""

    def setUp(self):
        self.log = self.folder / ".holon/logs/echo.0.log"
        self.word = self.id().rsplit(".", 1)[1]
        self.written = 0

    def write(self, size, when="2026-01-01T00:00:00Z"):
        with self.log.open("ab", buffering=MIB) as log:
            for _ in range(size // LINE_BYTES):
                log.write(f"{when} {self.word} {self.written} ".encode().ljust(LINE_BYTES - 1, b".") + b"\n")
                self.written += 1

    def write_a_file_full(self):
        self.write(ONE_FILE + MIB)
        self.await_rotation()

    def await_rotation(self):
        """Until most of it has gone to another file."""
        deadline = time.monotonic() + WITHIN_S
        while self.log.stat().st_size > MIB:
            self.assertLess(time.monotonic(), deadline, "the log is not rotated")
            time.sleep(0.05)
        self.assertTrue(self.log.with_suffix(".log.1").exists())

    def numbers(self, *arguments):
        ran = holon("logs", "--file", self.file, "echo", *arguments)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return [int(number) for number in re.findall(rf"{self.word} (\d+) ", ran.stdout)]

    def test_logs_reach_into_what_was_rotated_away(self):
        self.write(4000 * LINE_BYTES)
        self.write(ONE_FILE + MIB - 4000 * LINE_BYTES, "2026-06-01T00:00:00Z")
        self.await_rotation()
        self.write(10 * LINE_BYTES, "2026-07-01T00:00:00Z")
        every = self.written
        self.assertEqual(self.numbers("--tail", "14000"), list(range(every - 14000, every)))
        found = self.numbers("--grep", f"{self.word} [0-9]*500 ")
        self.assertEqual(found, list(range(found[0], every, 1000)))
        self.assertLess(found[0], 3000)
        self.assertEqual(self.numbers("--since", "2026-05-01T00:00:00Z"), list(range(4000, every)))
        self.assertEqual(self.numbers("--since", "2026-07-01T00:00:00Z", "--tail", "5"), list(range(every - 5, every)))
        self.assertEqual(len(self.numbers()), 50)
        self.assertEqual(self.numbers("--tail", "0"), [])

    def test_a_follower_reads_each_line_once_while_its_log_is_rotated(self):
        following = self.follow()
        following.go_on()
        for _ in range(3):
            self.write(ONE_FILE // 2)
            following.wait_for(self.written - 1)
        self.assertEqual(following.end(), list(range(self.written)))
        self.assertEqual(following.messages, "")

    def test_what_a_slow_reader_of_logs_lost_is_told(self):
        following = self.follow()
        self.lose_lines(following)

    def test_json_tells_what_a_slow_reader_of_logs_lost(self):
        following = self.follow("--json")
        missed = self.lose_lines(following)
        self.assertEqual(sum(int(line["missed"]) for line in map(json.loads, following.lines)), missed)
        self.assertEqual({tuple(json.loads(line)) for line in following.lines}, {("host", "unix_us", "text", "missed")})

    def follow(self, *arguments):
        following = Following(self.file, self.word, arguments)
        self.addCleanup(following.process.kill)
        while not following.begun.wait(0.1):
            self.write(LINE_BYTES, "now:")
            self.written = 0
        return following

    def lose_lines(self, following):
        for _ in range(3):
            self.write_a_file_full()
        following.go_on()
        following.wait_for(self.written - 1)
        numbers = following.end()
        told = [int(count) for count in re.findall(r"echo\.0: (\d+) lines? (?:was|were) missed here", following.messages)]
        self.assertNotEqual(told, [])
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(len(numbers) + sum(told), self.written)
        return sum(told)


class Following:
    """`holon logs -f` of echo. Its output is read up to the first line of this test; the rest when it is to go on."""

    def __init__(self, file, word, arguments):
        self.number = re.compile(rf"Z {word} (\d+) ")
        self.process = subprocess.Popen([PROGRAMS["holon"], "logs", "--file", file, "-f", "--tail", "0", *arguments, "echo"],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.lines, self.numbers, self.messages = [], [], ""
        self.changed = threading.Condition()
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.readers = [threading.Thread(target=read, daemon=True) for read in (self.read, self.read_messages)]
        for reader in self.readers:
            reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.numbers += map(int, self.number.findall(line))
                self.changed.notify_all()
            if not self.begun.is_set():
                self.begun.set()
                self.may_go_on.wait(WITHIN_S)

    def read_messages(self):
        self.messages = self.process.stderr.read()

    def go_on(self):
        self.may_go_on.set()

    def wait_for(self, number):
        with self.changed:
            if not self.changed.wait_for(lambda: self.numbers and self.numbers[-1] == number, WITHIN_S):
                raise AssertionError(f"{number} was not told, but {self.numbers[-1:]}")

    def end(self):
        """The numbers that were told."""
        self.process.terminate()
        self.process.wait(WITHIN_S)
        for reader in self.readers:
            reader.join(WITHIN_S)
        self.process.stdout.close()
        self.process.stderr.close()
        return self.numbers
