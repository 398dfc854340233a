"""What docs/resilience.md promises for services that speak plain HTTP, under the faults that it is made for: by the gateway's routes,
and by the address (HOLON_MESH) of a caller in Node.js.

    http_resilience_test.py --bin DIR
"""

import contextlib
import http.client
import json
import os
import signal
import time

import magazine
from magazine import Load, WAIT_SECONDS_MAX

FROZEN_SECONDS_MAX = 3     # the promise: a frozen replica is out by then
SLOW_SECONDS = 1           # of a replica; the others take a hundredth
LATE_SECONDS = 5           # of a replica whose answers are asked for elsewhere, too, after a fiftieth of that
HANGING_SECONDS = 1.5      # what waited for a frozen one took longer: it is left after 2 s


class Moody(magazine.Magazine):
    MANIFEST = "moody.yaml"
    PROGRAMS = ("server.py", "moody.py", "front.js")
    REPLICAS = tuple(f"pages.{number}" for number in range(4))

    def be(self, replica, **mood):
        with contextlib.closing(http.client.HTTPConnection(self.host(replica)["endpoint"], timeout=WAIT_SECONDS_MAX)) as connection:
            connection.request("PUT", "/mood", body=json.dumps(mood))
            self.assertEqual(connection.getresponse().status, 200)

    @contextlib.contextmanager
    def load_both_ways(self):
        """By the gateway's routes and by the front's address."""
        with Load(self.port, "GET", "/pages/a") as by_gateway, Load(self.port, "GET", "/b") as by_address:
            self.until(lambda: min(sum(by_gateway.answers.values()), sum(by_address.answers.values())) > 40, "no load")
            yield by_gateway, by_address

    def edges(self):
        """From the gateway to the pages, and from the front."""
        edges = [edge for edge in json.loads(self.holon("describe", "--json"))["edges"] if edge["callee"] == "pages"]
        self.assertEqual(len(edges), 2)
        return edges


class HttpResilience(Moody):
    """One application for all."""

    @classmethod
    def setUpClass(cls):
        cls.settle(cls.addClassCleanup)
        cls.up()

    def setUp(self):
        for replica in self.REPLICAS:
            self.be(replica, status=200, seconds=0, headers={})

    def told(self, *texts):
        """Whether `top` says so, each of it in a line of its own."""
        lines = self.holon("top", "--once").splitlines()
        return all(any(text in line for line in lines) for text in texts)

    def gets_requests(self, replica, loads):
        before = [load.answers[replica] for load in loads]
        self.until(lambda: all(load.answers[replica] > seen + 5 for load, seen in zip(loads, before)), f"{replica} gets no requests")

    def fails_seldom(self, load):
        """Whether of the next 100 requests at most five fail; a quarter would if the replica that fails took its share. A loop
        judges it by 20 requests of its own, so that may take a while."""
        failures, answers = len(load.failures), sum(load.answers.values())
        self.until(lambda: sum(load.answers.values()) > answers + 100, "no load")
        return len(load.failures) - failures <= 5

    def test_a_replica_that_fails_is_left_out_until_it_is_well(self):
        with self.load_both_ways() as loads:
            self.be("pages.1", status=500)
            self.until(lambda: self.told("front → pages: ", "- → pages: ") and self.told("pages.1 has been failing"), "no ejection")
            self.until(lambda: all(self.fails_seldom(load) for load in loads), "it is still asked")
            self.be("pages.1", status=200)
            self.gets_requests("pages.1", loads)

    def test_a_replica_that_cannot_just_now_costs_nothing(self):
        with self.load_both_ways() as loads:
            self.be("pages.1", status=503)
            self.until(lambda: all(edge["success_of_attempts"] < edge["success"] for edge in self.edges()), "nothing is repeated")
        self.assertEqual([load.failures for load in loads], [[], []])

    def test_a_frozen_replica_is_passed_over_and_taken_again(self):
        with self.load_both_ways() as loads:
            process = self.host("pages.2")["pid"]
            os.kill(process, signal.SIGSTOP)
            self.addCleanup(os.kill, process, signal.SIGCONT)
            time.sleep(FROZEN_SECONDS_MAX)
            out = time.monotonic()
            self.assertTrue(self.told("pages.2 does not answer"))
            before = [len(load.times) for load in loads]
            self.until(lambda: all(len(load.times) > seen + 100 for load, seen in zip(loads, before)), "no load")
            os.kill(process, signal.SIGCONT)
            self.gets_requests("pages.2", loads)
        for load in loads:
            self.assertEqual(load.failures, [])
            self.assertLess(max(took for began, took in load.times if began > out), HANGING_SECONDS)

    def test_a_slow_replica_is_hardly_noticed(self):
        with self.load_both_ways() as loads:
            for replica in self.REPLICAS:
                self.be(replica, seconds=SLOW_SECONDS if replica == "pages.3" else SLOW_SECONDS / 100)
            before = [len(load.times) for load in loads]
            self.until(lambda: all(len(load.times) > seen + 200 for load, seen in zip(loads, before)), "no load")
            before = [len(load.times) for load in loads]
            self.until(lambda: all(len(load.times) > seen + 400 for load, seen in zip(loads, before)), "no load")
        for load, seen in zip(loads, before):
            later = sorted(took for _, took in load.times[seen:])
            self.assertLess(later[len(later) * 99 // 100], SLOW_SECONDS)

    def test_whoever_is_to_come_back_late_is_told_at_once(self):
        for replica in self.REPLICAS:
            self.be(replica, status=503, headers={"retry-after": "9"})
        began = time.monotonic()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS_MAX)) as connection:
            connection.request("GET", "/pages/a")
            answer = connection.getresponse()
        self.assertEqual((answer.status, answer.headers["retry-after"]), (503, "9"))
        self.assertLess(time.monotonic() - began, 9)


class HttpCalled(Moody):
    MANIFEST = "called.yaml"

    def hedges(self, host):
        """That it made of requests for pages."""
        hosts = json.loads(self.holon("calls", "--json"))["hosts"]
        calls = next(each["calls"] for each in hosts if each["host"] == host)
        return sum(int(edge["hedges"]) for edge in calls if edge["method"] == "pages/*")

    def test_a_late_answer_is_asked_for_elsewhere_too_where_the_application_says_so(self):
        self.up()
        self.be("pages.1", seconds=LATE_SECONDS)
        with self.load_both_ways() as loads:
            self.until(lambda: self.hedges("gateway.0") > 0 and self.hedges("outlet.0") > 0, "nobody hedges")
        for load in loads:
            self.assertEqual(load.failures, [])
            self.assertLess(max(took for _, took in load.times), LATE_SECONDS)

    def test_as_many_attempts_are_made_as_it_says(self):
        self.write("attempts_max: 3", "attempts_max: 1")
        self.up()
        self.be("pages.1", status=503)
        with self.load_both_ways() as loads:
            self.until(lambda: all(edge["success"] < 1 for edge in self.edges()), "it is repeated")
        self.assertTrue(all(edge["success"] == edge["success_of_attempts"] for edge in self.edges()))


class HttpLimits(Moody):
    def test_limits_of_the_application_hold_for_them(self):
        self.write("gateway:\n", "limits: {client.attempts_max: 1}\ngateway:\n")
        self.up()
        with self.load_both_ways() as loads:
            self.be("pages.1", status=503)
            self.until(lambda: all(load.failures for load in loads), "it is repeated")


if __name__ == "__main__":
    magazine.main()
