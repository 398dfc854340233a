#!/usr/bin/env python3
"""The end of ./test: checks that each test named in docs/promises.md ran and passed, and counts all that ran.

    promises.py [--full | --partial] [--results DIR] [--promises FILE]

A row that says `--full` beside its tests is held against a full run only. A test that is followed by "where TOOL is" may be
skipped: it looks itself whether the tool is there. --partial: only some tests ran, so a promise whose test did not run is not
held against it.
"""

import argparse
import re
import sys
from pathlib import Path

from results import FAILED, PASSED, SKIPPED, read_results

TOP = Path(__file__).resolve().parents[2]
FULL = "--full"


def parse_promises(text, full=True):
    """(line number, promise, [test, …], whether they must have run, {test that may be skipped, …}) of each row of the tables:
    the last column names tests, each in backquotes."""
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if not line.lstrip().startswith("|") or len(cells) < 2 or set(cells[0]) <= set("-: ") or cells[-1] == "test":
            continue
        tests = re.findall(r"`([^`]+)`", cells[-1])
        skippable = set(re.findall(r"`([^`]+)` where \w+ is", cells[-1]))
        yield number, cells[0], [test for test in tests if test != FULL], full or FULL not in tests, skippable


def verdict_of(test, verdicts):
    """The verdict of the test of that name. `*` stands for the parameters of a parametrised one: all must have passed."""
    if "*" not in test:
        return verdicts.get(test)
    pattern = re.compile(re.escape(test).replace(r"\*", ".*"))
    found = {verdict for name, verdict in verdicts.items() if pattern.fullmatch(name)}
    return FAILED if FAILED in found else PASSED if PASSED in found else None


def broken_promises(text, verdicts, partial=False, full=True):
    """What is wrong with each promise that is not shown, one message each."""
    rows = list(parse_promises(text, full))
    if not rows:
        yield "no promises were found: is the table gone?"
    for number, promise, tests, must_run, skippable in rows:
        if not tests:
            yield f"line {number}: no test is named for: {promise}"
        for test in tests:
            verdict = verdict_of(test, verdicts)
            if verdict is None and must_run and not partial:
                yield f"line {number}: the test `{test}` did not run, or is called otherwise now: {promise}"
            elif verdict not in (None, PASSED, SKIPPED if test in skippable else PASSED):
                yield f"line {number}: the test `{test}` {verdict}: {promise}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--full", action="store_true")
    extent.add_argument("--partial", action="store_true")
    parser.add_argument("--results", type=Path, default=TOP / "build" / "results")
    parser.add_argument("--promises", type=Path, default=TOP / "docs" / "promises.md")
    arguments = parser.parse_args()

    results = read_results(arguments.results)
    if not results.verdicts:
        sys.exit(f"{arguments.results} holds no report: run ./test")
    broken = list(broken_promises(arguments.promises.read_text(), results.verdicts, arguments.partial,
                                  arguments.full))
    if not arguments.partial:
        results.count("promises", FAILED if broken else PASSED)
    for message in broken:
        print(f"{arguments.promises}: {message}")
    for failure in results.failures:
        print(f"failed: {failure}")
    print(results.closing_line())
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
