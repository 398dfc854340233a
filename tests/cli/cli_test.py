"""`holon` as a person and as a script use it."""

import argparse
import pathlib
import sys
import unittest

import lib


class Tap(unittest.TestResult):
    """Prints "ok 1 - cli.TITLE", as tests/promises reads it, and what went wrong."""

    def say(self, verdict, test):
        print(f"{verdict} {self.testsRun} - cli.{test.id().split('.')[-1].removeprefix('test_').rstrip(')')}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say("ok", test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.say("not ok", test)
        print(self.failures[-1][1], flush=True)

    def addError(self, test, error):
        super().addError(test, error)
        self.say("not ok", test)
        print(self.errors[-1][1], flush=True)


def main():
    parser = argparse.ArgumentParser()
    for program in ("holon", "probe", "docs"):
        parser.add_argument(f"--{program}", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("names", nargs="*", help="only tests whose name has one of these words")
    arguments = parser.parse_args()
    lib.PROGRAMS.update(holon=arguments.holon, probe=arguments.probe, docs=arguments.docs)
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{name}*" for name in arguments.names] or None
    result = Tap()
    loader.discover(".", pattern="*_cases.py").run(result)
    print(f"1..{result.testsRun}")
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
