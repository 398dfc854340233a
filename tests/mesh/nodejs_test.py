"""Whatever the mesh does for callers, it does for one in Node.js (caller.js), whose calls go through the node's outlet: under the fault
that each of it is made for.

    nodejs_test.py --bin DIR --library NODE_MODULES
"""

import argparse
import contextlib
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

ARGUMENTS = None
APP = None
HERE = pathlib.Path(__file__).resolve().parent
WITHIN_SECONDS = 60
REPLICAS = ("five.0", "five.1", "five.2")


class Application:
    """tests/mesh/nodejs.yaml in a folder of its own."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="holon-nodejs-"))
        shutil.copy(HERE / "nodejs.yaml", self.folder / "holon.yaml")
        for file in (HERE / "caller.js", HERE.parent / "node" / "stock_http_server.py"):
            shutil.copy(file, self.folder)
        (self.folder / "node_modules").symlink_to(ARGUMENTS.library)

    def holon(self, *words):
        done = subprocess.run([ARGUMENTS.bin / "holon", *words], cwd=self.folder, capture_output=True, text=True, check=False,
                              timeout=WITHIN_SECONDS)
        if done.returncode != 0:
            raise AssertionError(f"holon {' '.join(map(str, words))}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def stop(self):
        self.holon("down")
        shutil.rmtree(self.folder)

    def host(self, name):
        return next(host for host in json.loads(self.holon("ps", "--json"))["hosts"] if host["host"] == name)

    def call(self, replica, method, request="{}"):
        return json.loads(self.holon("call", "-a", self.host(replica)["endpoint"], method, request))


class Caller:
    """What caller.js does when it is told to."""

    def __init__(self, address):
        self.address = address
        self.threads = concurrent.futures.ThreadPoolExecutor(8)

    def get(self, path, **query):
        with urllib.request.urlopen(f"http://{self.address}{path}?{urllib.parse.urlencode(query)}",
                                    timeout=WITHIN_SECONDS) as answer:
            return json.loads(answer.read())

    def ask(self, method, **how):
        return self.get("/ask", method=method, **how)

    @contextlib.contextmanager
    def asking(self, method, **how):
        """Meanwhile it asks without end; what came of it is in the list when that is over."""
        said = []
        going_on = self.threads.submit(self.ask, method, calls=1_000_000, **how)
        yield said
        self.get("/stop")
        said.append(going_on.result(WITHIN_SECONDS))


def setUpModule():
    global APP
    APP = Application()
    unittest.addModuleCleanup(APP.stop)
    APP.holon("up", "--detach", "--wait", "--port", "0", "--bin", str(ARGUMENTS.bin))


class NodeJs(unittest.TestCase):
    def setUp(self):
        self.caller = Caller(APP.host("caller.0")["endpoint"])
        self.addCleanup(self.caller.threads.shutdown)

    def behave(self, replica, code=0, delay_ms=0):
        APP.call(replica, "chain.Five/Behave", json.dumps({"code": code, "delay_ms": delay_ms}))
        self.addCleanup(APP.call, replica, "chain.Five/Behave")

    def count(self, what):
        return sum(int(APP.call(replica, "chain.Five/Count").get(what, 0)) for replica in REPLICAS)

    def until(self, condition, what):
        deadline = time.monotonic() + WITHIN_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)

    def answered_by(self, replica):
        return APP.host(replica)["pid"] in self.caller.ask("chain.Five/Ask", calls=60, at_once=4)["pids"]

    def all_well(self, said):
        self.assertEqual([word for word in said if word.isupper() and word != "OK"], [], said)
        self.assertGreater(said["OK"], 0)

    def test_replicas_killed_in_turn_cost_it_nothing(self):
        with self.caller.asking("chain.Five/Ask", at_once=4) as said:
            for replica in REPLICAS[:2]:
                before = APP.host(replica)["pid"]
                os.kill(before, signal.SIGKILL)
                self.until(lambda: APP.host(replica)["state"] == "ready" and APP.host(replica)["pid"] != before, replica)
        self.all_well(said[0])

    def test_a_frozen_replica_is_passed_over_and_taken_again(self):
        process = APP.host("five.0")["pid"]
        with self.caller.asking("chain.Five/Ask", at_once=4) as said:
            os.kill(process, signal.SIGSTOP)
            self.addCleanup(os.kill, process, signal.SIGCONT)
            time.sleep(3)  # the promise: it is out by then
            without = self.caller.ask("chain.Five/Ask", calls=200, at_once=4)
            self.assertIn("five.0 does not answer", APP.holon("top", "--once"))
        os.kill(process, signal.SIGCONT)
        self.all_well(said[0])
        self.all_well(without)
        self.assertNotIn(process, without["pids"])
        self.until(lambda: self.answered_by("five.0"), "it is not taken again")

    def test_a_slow_replica_is_hardly_noticed(self):
        for replica in REPLICAS:
            self.behave(replica, delay_ms=5)
        self.behave("five.1", delay_ms=200)
        self.caller.ask("chain.Five/Ask", calls=200, at_once=8)
        later = self.caller.ask("chain.Five/Ask", calls=800, at_once=8)
        self.all_well(later)
        self.assertLess(later["p99_ms"], 200)

    def save_up(self):
        """What the budget pays for, until a breaker opens: other tests may have spent it."""
        self.all_well(self.caller.ask("chain.Five/Ask", calls=600, at_once=4))

    def test_a_failing_replica_is_left_out(self):
        self.save_up()
        self.behave("five.1", code=14)
        before = self.count("asked")
        said = self.caller.ask("chain.Five/Ask", calls=1000, at_once=4)
        self.all_well(said)
        self.assertNotIn(APP.host("five.1")["pid"], said["pids"])
        self.assertLess(self.count("asked") - before, 1200)

    def test_what_retries_hide_is_seen(self):
        self.save_up()
        self.behave("five.1", code=14)
        with self.caller.asking("chain.Five/Ask", at_once=4) as said:
            self.until(lambda: re.search(r"(?m)^caller → chain\.Five: (.*; )?five\.1 has been failing for [\d.]+ s, its breaker is "
                                         r"(half )?open", APP.holon("top", "--once")), "top is silent")
            self.until(lambda: self.unfit("top", "--once", "--json") == (1, ["five.1"]), "others are in trouble")
            self.assertLess(self.edge("describe", "--json")["success_of_attempts"], 1)
            self.assertRegex(APP.holon("describe"), r"caller +chain\.Five .*five\.1 \((half )?open\)")
        self.all_well(said[0])
        self.behave("five.1")
        self.until(lambda: self.answered_by("five.1") and "five.1 has been failing" not in APP.holon("top", "--once"), "it stays in trouble")

    def unfit(self, *verb):
        edge = self.edge(*verb)
        return edge["success"], [replica["host"] for replica in edge.get("unfit", [])]

    def edge(self, *verb):
        edges = json.loads(APP.holon(*verb))["edges"]
        return next(edge for edge in edges if (edge.get("caller"), edge["callee"]) == ("caller", "chain.Five"))

    def test_retries_add_a_fifth_and_only_where_that_is_safe(self):
        for replica in REPLICAS:
            self.behave(replica, code=14)
        began, before, ordered = time.monotonic(), self.count("asked"), self.count("ordered")
        self.assertEqual(self.caller.ask("chain.Five/Ask", calls=1000, at_once=4)["UNAVAILABLE"], 1000)
        saved = 100  # at most, by calls that went before
        self.assertLessEqual(self.count("asked") - before, 1.2 * 1000 + 10 * (time.monotonic() - began + 1) + saved)
        self.assertEqual(self.caller.ask("chain.Five/Order", calls=100, at_once=4)["UNAVAILABLE"], 100)
        self.assertLessEqual(self.count("ordered") - ordered, 100)

    def test_a_late_answer_is_asked_for_elsewhere_too(self):
        self.all_well(self.caller.ask("chain.Five/Ask", calls=600, at_once=4))  # from then on it is known what is late
        self.behave("five.1", delay_ms=5_000)
        gave_up = self.count("gaveUp")
        said = self.caller.ask("chain.Five/Ask", calls=100)
        self.all_well(said)
        self.assertLess(said["most_ms"], 5_000)
        self.assertGreater(self.count("gaveUp"), gave_up, "nobody asked the slow one, or it was let go on")

    def test_what_is_said_of_a_method_holds_for_it(self):
        self.save_up()
        for replica in REPLICAS:
            self.behave(replica, code=14)
        for method, attempts in (("AskFor", 1), ("Ask", 4)):
            before = self.count("asked")
            self.assertEqual(self.caller.ask("chain.Five/" + method)["UNAVAILABLE"], 1)
            self.assertEqual(self.count("asked") - before, attempts, method)

    def test_its_deadline_crosses_all_hops(self):
        for replica in REPLICAS:
            self.behave(replica, delay_ms=30_000)
        said = self.caller.ask("chain.Four/Ask", timeout_ms=300)
        self.assertEqual(said.get("DEADLINE_EXCEEDED"), 1, said)
        self.until(lambda: self.count("gaveUp") >= 1, "the handler goes on")

    def test_its_priority_counts_in_overload(self):
        with self.caller.asking("overload.Desk/Ask", at_once=60, priority="sheddable") as others:
            urgent = self.caller.ask("overload.Desk/Ask", calls=100, at_once=3, priority="critical")
            self.until(lambda: re.search(r"(?m)^desk\.0 turns [1-9][\d.]* calls/s away: ", APP.holon("top", "--once")), "top is silent")
            self.until(lambda: re.search(r"(?m)^desk\.0 +overload\.Desk +\d+ +\d+ +\d+\.\d +\d+ +[1-9]\d*$", APP.holon("describe")),
                       "describe is silent")
        self.all_well(urgent)
        self.assertGreater(others[0].get("RESOURCE_EXHAUSTED", 0), 0, others)

    def test_faults_hit_it_by_what_it_says(self):
        APP.holon("fault", "add", "--from", "caller", "--to", "five", "--metadata", "user=ann", "--abort", "failed_precondition")
        self.addCleanup(APP.holon, "fault", "remove", "--all")
        self.until(lambda: "FAILED_PRECONDITION" in self.caller.ask("chain.Five/Ask", user="ann"), "no fault")
        self.assertIn("fault", self.caller.ask("chain.Five/Ask", user="ann")["details"])
        self.all_well(self.caller.ask("chain.Five/Ask", user="bob"))

    def test_whom_it_may_not_call_is_denied_and_the_remedy_named(self):
        said = self.caller.ask("chain.Three/Ask")
        self.assertEqual(said.get("PERMISSION_DENIED"), 1, said)
        self.assertEqual(said["details"], "caller may not call chain.Three: its `calls:` in holon.yaml has desk, echo, five, four "
                                          "and pages; add it there")
        self.all_well(self.caller.ask("chain.Five/Ask", authority="five"))
        self.assertIn("PERMISSION_DENIED", self.caller.ask("chain.Five/Ask", authority="six"))

    def test_any_http_client_names_the_service_as_host(self):
        mesh = self.caller.get("/mesh")
        said = subprocess.run(["sh", HERE / "any_client.sh"], env={**os.environ, "HOLON_MESH": mesh}, capture_output=True, text=True,
                              check=False, timeout=WITHIN_SECONDS)
        self.assertIn('"text":"hello"', said.stdout)
        self.assertTrue(said.stdout.endswith("legacy pages /today"), said)
        for host, status, remedy in (("three", 403, "caller may not call three"), (mesh, 400, "send `Host: desk`")):
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(f"http://{mesh}/", headers={"Host": host}), timeout=WITHIN_SECONDS)
            self.assertEqual(refused.exception.code, status)
            self.assertIn(remedy, json.loads(refused.exception.read())["detail"])
            refused.exception.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--library", type=lambda path: pathlib.Path(path).resolve(), required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
