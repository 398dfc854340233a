"""What the tests of one run came to, read from what they left in build/results.

ctest writes NAME.junit.xml, one case per test; each GoogleTest program of it writes NAME/PROGRAM.xml, one case per TEST.
What else prints lines as node's test runner does (TAP, or its check marks) is read from the output that ctest kept.
"""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"

TAP = re.compile(r"^\s*(?P<verdict>ok|not ok) \d+ - (?P<title>.*?)(?P<skip>\s*# SKIP.*)?$", re.MULTILINE)
MARKS = re.compile(r"^\s*(?P<mark>[✔✖﹣]) (?P<title>.*?)(?: \(\d[\d.]*m?s\))?(?: # SKIP.*)?$", re.MULTILINE)


@dataclass
class Results:
    """Verdicts by name, and by "RUN: NAME" ("asan: fiber_test"). A name that ran several times has the worst of them."""

    verdicts: dict = field(default_factory=dict)
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = field(default_factory=list)

    def note(self, name, verdict):
        worst = (SKIPPED, PASSED, FAILED)
        self.verdicts[name] = max(verdict, self.verdicts.get(name, SKIPPED), key=worst.index)

    def count(self, where, verdict):
        if verdict == FAILED:
            self.failed += 1
            self.failures.append(where)
        elif verdict == SKIPPED:
            self.skipped += 1
        else:
            self.passed += 1

    def closing_line(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def gtest_cases(path):
    """(name, verdict) of each case of a GoogleTest report."""
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None:
            yield name, FAILED
        elif case.get("result") == "completed":
            yield name, PASSED
        else:
            yield name, SKIPPED


def printed_cases(output):
    """(title, verdict) of each test that node's runner reported in `output`."""
    for match in TAP.finditer(output):
        skipped = match["skip"] is not None
        yield match["title"].strip(), SKIPPED if skipped else PASSED if match["verdict"] == "ok" else FAILED
    for match in MARKS.finditer(output):
        yield match["title"].strip(), {"✔": PASSED, "✖": FAILED, "﹣": SKIPPED}[match["mark"]]


def ctest_verdict(case):
    """A program that could not be started is "skipped" to ctest as well; here it has failed."""
    skipped = case.find("skipped")
    if case.get("status") == "run":
        return PASSED
    by_intent = skipped is not None and skipped.get("message", "").startswith("SKIP_")
    return SKIPPED if by_intent or case.get("status") == "disabled" else FAILED


def read_report(results, path):
    """Adds one ctest report, with what its programs reported themselves."""
    run = path.name.removesuffix(".junit.xml")
    for case in ElementTree.parse(path).iter("testcase"):
        name, verdict = case.get("name"), ctest_verdict(case)
        for noted in (name, f"{run}: {name}"):
            results.note(noted, verdict)
        cases = []
        for report in sorted((path.parent / run).glob(f"{name}*.xml")):
            if re.fullmatch(re.escape(name) + r"(_\d+)?\.xml", report.name):
                cases += gtest_cases(report)
        cases = cases or list(printed_cases(case.findtext("system-out") or ""))
        for title, its_verdict in cases:
            results.note(title, its_verdict)
            results.count(f"{run}: {name}: {title}", its_verdict)
        if not cases or (verdict == FAILED and FAILED not in (v for _, v in cases)):
            results.count(f"{run}: {name}", verdict)


def read_results(folder):
    """All reports below build/results."""
    results = Results()
    for report in sorted(Path(folder).glob("*.junit.xml")):
        read_report(results, report)
    return results
