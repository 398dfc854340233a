"""What ./run, ./test and `holon doctor` make of packages.txt and of arguments they do not know.

    setup_test.py HOLON        the program `holon`
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
HOLON = sys.argv.pop() if len(sys.argv) > 1 else None


def shell(script, **environment):
    return subprocess.run(["bash", "-euc", f". tools/setup.sh\n{script}"], cwd=TOP, capture_output=True, text=True,
                          timeout=60, env={**os.environ, **environment}, check=False)


class PackagesTest(unittest.TestCase):
    """With a dpkg-query that knows only some packages, first in the PATH."""

    def missing(self, installed, *groups):
        with tempfile.TemporaryDirectory() as folder:
            query = Path(folder) / "dpkg-query"
            query.write_text("#!/bin/sh\ncat <<END\n" + "".join(f"{line}\n" for line in installed) + "END\n")
            query.chmod(0o755)
            done = shell(f"missing_packages {' '.join(groups)}", PATH=f"{folder}:{os.environ['PATH']}")
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout.split()

    def listed(self, *groups):
        return [line.split()[0] for line in shell(f"packages_of {' '.join(groups)}").stdout.splitlines()]

    def test_each_group_has_packages_and_no_package_is_listed_twice(self):
        every = self.listed("build", "test", "polyglot", "bench", "full")
        for group in ("build", "test", "polyglot", "bench", "full"):
            self.assertTrue(self.listed(group), group)
        self.assertEqual(len(every), len(set(every)))

    def test_a_newcomer_needs_neither_browser_nor_test_libraries(self):
        build = self.listed("build")
        self.assertIn("g++", build)
        self.assertFalse({"chromium", "libgtest-dev", "libgrpc++-dev", "nodejs"} & set(build))

    def test_names_just_what_is_missing(self):
        build = self.listed("build")
        self.assertEqual(self.missing([f"ii {name} " for name in build], "build"), [])
        self.assertEqual(self.missing([f"ii {name} " for name in build if name != "mold"], "build"), ["mold"])

    def test_a_removed_package_is_missing(self):
        build = self.listed("build")
        self.assertEqual(self.missing([f"{'rc' if name == 'cmake' else 'ii'} {name} " for name in build], "build"), ["cmake"])


class ArgumentsTest(unittest.TestCase):
    def run_script(self, *command):
        return subprocess.run(command, cwd=TOP, capture_output=True, text=True, timeout=60, check=False)

    def test_help_says_what_there_is(self):
        for script, word in (("./run", "--placement"), ("./test", "--full"), ("bench/run", "--quick"), ("bench/scale", "endpoints"),
                             ("bench/profile", "tcp.64")):
            done = self.run_script(script, "--help")
            self.assertEqual(done.returncode, 0, script)
            self.assertIn(word, done.stdout)

    def test_an_unknown_argument_ends_before_anything_is_built(self):
        for script in ("./run", "./test"):
            done = self.run_script(script, "--plcement")
            self.assertEqual(done.returncode, 1, script)
            self.assertIn("--plcement", done.stderr)
            self.assertIn("--help", done.stderr)


    def test_a_benchmark_that_is_not_there_is_told_which_are(self):
        for script, *arguments, there in (("bench/run", "rcp", "rpc"), ("bench/run", "rpc", "--rows", "udp", "tcp.64"),
                                          ("bench/run", "local", "--rows", "tcp", "for rpc alone"),
                                          ("bench/scale", "hosts", "connections"), ("bench/profile", "udp", "tcp.64")):
            done = self.run_script(script, *arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(there, done.stderr)


class DoctorTest(unittest.TestCase):
    def test_names_what_is_missing_and_how_to_get_it(self):
        with tempfile.TemporaryDirectory() as folder:
            packages = Path(folder) / "packages.txt"
            packages.write_text("[build]\nno-such-package-anywhere\nbash\n")
            done = subprocess.run([HOLON, "doctor", "--packages", packages, "--port", "0"], capture_output=True, text=True,
                                  timeout=60, check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("apt-get install --no-install-recommends no-such-package-anywhere\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
