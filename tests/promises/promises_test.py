"""The check of the promises, on reports and tables that are known to be good or bad."""

import tempfile
import unittest
from pathlib import Path

from promises import broken_promises, parse_promises
from results import FAILED, PASSED, SKIPPED, printed_cases, read_results

TABLE = """
| promise | test |
|---|---|
| a reply that comes late is an error | `Calls/Late.IsAnError/*`, `deadline_test` |
| a page shows pictures | `the home page shows pictures` |
"""

CTEST = """<testsuite>
<testcase name="deadline_test" status="run"><system-out>[ OK ]</system-out></testcase>
<testcase name="crash_test" status="fail"><failure/><system-out/></testcase>
<testcase name="browser" status="run"><system-out>TAP version 13
ok 1 - the home page shows pictures
ok 2 - search # SKIP
</system-out></testcase>
<testcase name="absent" status="notrun"><skipped message="Unable to find executable"/><system-out/></testcase>
<testcase name="elsewhere" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out/></testcase>
</testsuite>"""

GTEST = """<testsuites><testsuite>
<testcase classname="Calls/Late" name="IsAnError/{mode}" status="run" result="completed">{inside}</testcase>
<testcase classname="Calls/Late" name="Off" status="notrun" result="suppressed"/>
</testsuite></testsuites>"""


def reports(folder, inside=""):
    (folder / "release.junit.xml").write_text(CTEST)
    (folder / "release").mkdir()
    (folder / "release" / "deadline_test.xml").write_text(GTEST.format(mode="local", inside=inside))
    return read_results(folder)


class ResultsTest(unittest.TestCase):
    def test_counts_cases_of_programs_and_programs_without_cases(self):
        with tempfile.TemporaryDirectory() as folder:
            results = reports(Path(folder))
        self.assertEqual(results.closing_line(), "2 passed, 2 failed, 3 skipped")
        self.assertEqual(results.failures, ["release: crash_test", "release: absent"])
        self.assertEqual(results.verdicts["Calls/Late.IsAnError/local"], PASSED)
        self.assertEqual(results.verdicts["search"], SKIPPED)
        self.assertEqual(results.verdicts["release: deadline_test"], PASSED)

    def test_a_name_that_failed_once_has_failed(self):
        with tempfile.TemporaryDirectory() as folder:
            results = reports(Path(folder), inside="<failure/>")
        results.note("Calls/Late.IsAnError/local", PASSED)
        self.assertEqual(results.verdicts["Calls/Late.IsAnError/local"], FAILED)

    def test_reads_what_node_prints(self):
        output = "✔ adds to the cart (12.5ms)\n  ✖ orders (1ms)\n    not ok 3 - changes currency\n"
        self.assertEqual(sorted(printed_cases(output)),
                         [("adds to the cart", PASSED), ("changes currency", FAILED), ("orders", FAILED)])


class PromisesTest(unittest.TestCase):
    GOOD = {"Calls/Late.IsAnError/local": PASSED, "deadline_test": PASSED, "the home page shows pictures": PASSED}

    def broken(self, change, partial=False, full=True, text=TABLE):
        verdicts = {name: verdict for name, verdict in {**self.GOOD, **change}.items() if verdict}
        return list(broken_promises(text, verdicts, partial, full))

    def test_finds_the_rows_of_the_table(self):
        self.assertEqual([row[2] for row in parse_promises(TABLE)],
                         [["Calls/Late.IsAnError/*", "deadline_test"], ["the home page shows pictures"]])

    def test_is_content_when_all_passed(self):
        self.assertEqual(self.broken({}), [])

    def test_refuses_a_test_that_did_not_run(self):
        self.assertIn("did not run", self.broken({"deadline_test": None})[0])
        self.assertIn("did not run", self.broken({"Calls/Late.IsAnError/local": None})[0])
        self.assertEqual(self.broken({"deadline_test": None}, partial=True), [])

    def test_refuses_a_test_that_failed_or_was_skipped(self):
        self.assertIn("`deadline_test` failed", self.broken({"deadline_test": FAILED})[0])
        self.assertIn("`deadline_test` skipped", self.broken({"deadline_test": SKIPPED}, partial=True)[0])
        self.assertIn("failed", self.broken({"Calls/Late.IsAnError/remote": FAILED})[0])

    def test_a_long_test_must_have_run_in_a_full_run_only(self):
        text = "| it starts anywhere | `bare_debian` in `--full` |\n"
        self.assertIn("`bare_debian` did not run", self.broken({}, text=text)[0])
        self.assertEqual(self.broken({}, full=False, text=text), [])
        self.assertIn("failed", self.broken({"bare_debian": FAILED}, full=False, text=text)[0])

    def test_a_test_may_be_skipped_where_its_tool_is_not(self):
        text = "| it speaks Go | `twins_node`, `twins_go` where Go is |\n"
        self.assertEqual(self.broken({"twins_node": PASSED, "twins_go": SKIPPED}, text=text), [])
        self.assertIn("`twins_go` did not run", self.broken({"twins_node": PASSED}, text=text)[0])
        self.assertIn("`twins_go` failed", self.broken({"twins_node": PASSED, "twins_go": FAILED}, text=text)[0])
        self.assertIn("`twins_node` skipped", self.broken({"twins_node": SKIPPED, "twins_go": PASSED}, text=text)[0])

    def test_refuses_a_promise_without_a_test_and_a_file_without_promises(self):
        self.assertIn("no test is named", self.broken({}, text="| works | trust us |\n")[0])
        self.assertIn("no promises were found", self.broken({}, text="# Promises\n")[0])


if __name__ == "__main__":
    unittest.main()
