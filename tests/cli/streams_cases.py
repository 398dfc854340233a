"""logs, events, top, ps --watch: once, and going on until Ctrl-C."""

import json
import os
import signal

from lib import Application, Running


class Streams(Application):
    echo = ", settings: {greeting: good day}"

    def lines_of(self, verb, *arguments):
        return [json.loads(line) for line in self.verb(verb, "--json", *arguments).stdout.splitlines()]

    def kill(self, name):
        pid = self.hosts()[name]["pid"]
        os.kill(pid, signal.SIGKILL)
        self.wait_until(lambda hosts: hosts[name]["state"] == "ready" and hosts[name]["pid"] != pid)

    def test_events_say_what_happened_and_why(self):
        self.kill("echo.0")
        events = self.lines_of("events", "echo")
        self.assertEqual({event["host"] for event in events}, {"echo.0"})
        self.assertIn("ready", [event["kind"] for event in events])
        self.assertTrue(any("signal 9" in event["cause"] for event in events), events)
        shown = self.verb("events", "echo").stdout
        self.assertRegex(shown, r"(?m)^\d\d:\d\d:\d\d\.\d{3}  started +echo\.0  ")
        self.assertIn("signal 9", shown)

    def test_events_go_on_until_ctrl_c(self):
        before = sum("signal 9" in event["cause"] for event in self.lines_of("events", "relay"))
        following = Running("events", "--file", self.file, "-f", "--json", "relay")
        following.wait_for("started as pid")  # from here on it follows
        self.kill("relay.0")
        event = json.loads(following.wait_for(lambda line: "signal 9" in json.loads(line)["cause"], times=before + 1))
        self.assertEqual(event["host"], "relay.0")
        self.assertEqual(following.end(), 130)

    def write_a_line(self):
        """One that echo writes when it is asked to take its time."""
        self.verb("call", "probe.Echo/Say", '{"wait_ms": 1}')

    def test_logs_are_chosen_by_name_tail_and_expression(self):
        self.write_a_line()
        self.write_a_line()
        everything = self.lines_of("logs", "--tail", "-1")
        self.assertIn("echo.0", {line["host"] for line in everything})
        of_echo = self.lines_of("logs", "--tail", "-1", "echo")
        self.assertEqual({line["host"] for line in of_echo}, {"echo.0"})
        self.assertEqual(len(self.lines_of("logs", "--tail", "1", "echo")), 1)
        found = self.lines_of("logs", "--tail", "-1", "--grep", "^taking .* time$", "echo")
        self.assertEqual({line["text"] for line in found}, {"taking my time"})
        self.assertEqual(self.lines_of("logs", "--tail", "-1", "--grep", "^nobody writes this$"), [])
        self.assertTrue(self.verb("logs", "echo").stdout.startswith("echo.0 | "))

    def test_a_log_is_followed_until_ctrl_c(self):
        self.write_a_line()
        following = Running("logs", "--file", self.file, "-f", "--tail", "1", "echo")
        following.wait_for("echo.0 | taking my time")  # from here on it follows
        self.write_a_line()
        following.wait_for("echo.0 | taking my time", times=2)
        self.assertEqual(following.end(), 130)

    def test_what_cannot_be_followed_is_refused(self):
        self.assertIn("write how long ago, as 30s, 10m", self.refused(2, "logs", "--since", "yesterday"))
        self.assertIn("write how long ago", self.refused(2, "events", "--since", "10"))
        self.assertNotEqual(self.refused(2, "logs", "--grep", "("), "")
        self.verb("logs", "--since", "2026-02-24T18:00:00+01:00")

    def test_top_measures_each_process(self):
        hosts = {host["host"]: host for host in json.loads(self.verb("top", "--json").stdout)["hosts"]}
        self.assertLessEqual({"echo.0", "relay.0"}, set(hosts))
        self.assertEqual(hosts["echo.0"]["pid"], self.hosts()["echo.0"]["pid"])
        self.assertGreater(int(hosts["echo.0"]["memory_bytes"]), 100_000)
        self.assertGreater(hosts["echo.0"]["descriptors"], 3)
        self.assertRegex(self.verb("top").stdout, r"echo\.0 +\d+ +\d+\.\d % +[\d.]+ [KM]iB")

    def test_top_goes_on_until_ctrl_c(self):
        top = Running("top", "--file", self.file, "--period", "0.1", "--json")
        top.wait_for("echo.0")
        with top.changed:
            self.assertTrue(top.changed.wait_for(lambda: len(top.lines) >= 3, 30))
        self.assertEqual(top.end(), 130)

    def test_ps_shows_each_change(self):
        watching = Running("ps", "--file", self.file, "--watch", "--json")
        watching.wait_for("echo.0")
        self.verb("restart", "relay")
        watching.wait_for(lambda line: any(host["host"] == "relay.0" and host["state"] != "ready"
                                           for host in json.loads(line)["hosts"]))
        self.assertEqual(watching.end(), 130)
