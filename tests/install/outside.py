"""What the tests of installed packages share: commands, and applications that are built outside the tree."""

import argparse
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE / "project"
HELLO = HERE.parents[1] / "examples" / "hello"
COMMAND_SECONDS_MAX = 200


def run(*command, **options):
    """What a command writes; it exits with 0."""
    done = subprocess.run([str(word) for word in command], capture_output=True, timeout=COMMAND_SECONDS_MAX, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} exited with {done.returncode}:\n"
                             f"{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout


class Outside:
    """Builds applications against the package below `prefix`."""

    def __init__(self, arguments, prefix):
        self.arguments = arguments
        self.prefix = prefix

    def configure(self, source, build, *options):
        flags = f"-fsanitize={self.arguments.sanitize}" if self.arguments.sanitize else ""
        run(self.arguments.cmake, "-G", "Ninja", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
            "-DCMAKE_BUILD_TYPE=Debug", f"-DCMAKE_CXX_FLAGS={flags}", *options)

    def build(self, folder, *options):
        return run(self.arguments.cmake, "--build", folder, "--parallel", "2", *options)

    def manifest(self, program):
        """What a program says of itself, as text."""
        return run(self.arguments.protoc, f"-I{self.arguments.contracts}", "--decode=holon.node.v1.Manifest",
                   "holon/node/v1/node.proto", input=run(program, "--holon-manifest")).decode()


def main(take):
    """Gives the arguments that CMakeLists.txt passes to `take`, and runs the tests."""
    parser = argparse.ArgumentParser()
    for name in ("cmake", "build", "protoc", "contracts", "sanitize"):
        parser.add_argument("--" + name, required=True)
    arguments, rest = parser.parse_known_args()
    take(arguments)
    os.environ.pop("DESTDIR", None)
    unittest.main(argv=[sys.argv[0], *rest])
