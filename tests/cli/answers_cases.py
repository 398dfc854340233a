"""describe, config, doctor, and `--json` of every verb."""

import json
import re
import subprocess
import time
import xml.etree.ElementTree as ElementTree

from lib import PROGRAMS, WITHIN_S, Application, Folder, Running, holon


class Answers(Application):
    def test_describe_tells_who_calls_whom(self):
        graph = json.loads(self.verb("describe", "--json").stdout)
        services = {service["name"]: service for service in graph["services"]}
        self.assertEqual(graph["app"], "probe")
        self.assertEqual(services["relay"]["calls"], ["echo"])
        self.assertEqual((services["echo"]["contract"], services["echo"]["owner"]), ("probe.Echo", "team-echo"))
        self.assertIn("Say", services["echo"]["methods"])
        self.assertRegex(self.verb("describe").stdout, r"(?m)^relay +probe\.Relay +team-relay +relay +echo +Pass")

    def test_describe_draws_who_calls_whom(self):
        dot = self.verb("describe", "--dot").stdout
        self.assertTrue(dot.startswith('digraph "probe" {\n'), dot)
        self.assertIn('"relay" -> "echo"', dot)
        self.assertIn('"echo" [label="echo\\nteam-echo"]', dot)
        picture = ElementTree.fromstring(self.verb("describe", "--svg").stdout)
        svg = "{http://www.w3.org/2000/svg}"
        texts = [text.text for text in picture.iter(f"{svg}text")]
        self.assertEqual(sorted(texts), ["echo", "relay", "team-echo", "team-relay"])
        self.assertEqual(len(picture.findall(f"{svg}path")), 1)
        x = {group.find(f"{svg}text").text: int(group.find(f"{svg}rect").get("x")) for group in picture.findall(f"{svg}g")}
        self.assertLess(x["relay"], x["echo"])
        self.assertIn("leave address and name away", self.refused(2, "describe", "--dot", "probe.Echo"))

    def test_any_client_may_ask_the_node(self):
        node = ["--address", f"unix:{self.folder}/.holon/run/node.sock"]
        self.assertIn("holon.node.v1.Control/Scale", holon("describe", *node, "holon.node.v1.Control").stdout)
        listed = json.loads(holon("call", *node, "holon.node.v1.Control/List", "{}").stdout)
        self.assertIn("relay.0", [host["host"] for host in listed["hosts"]])

    def test_config_is_what_the_node_runs_by(self):
        self.assertIn("app: probe", self.verb("config").stdout)
        config = json.loads(self.verb("config", "--json").stdout)
        self.assertEqual(config["app"], "probe")
        self.assertEqual(config["services"]["relay"]["owner"], "team-relay")

    def test_doctor_knows_what_runs(self):
        gateway = json.loads(self.verb("ps", "--json").stdout)["gateway"]
        port = gateway.rsplit(":", 1)[1]
        checks = json.loads(self.verb("doctor", "--json", "--port", port).stdout)
        self.assertTrue(checks["ok"])
        told = "\n".join(check["what"] for check in checks["checks"])
        self.assertIn("the node of probe runs, pid ", told)
        self.assertIn(f"port {port} is this application's gateway", told)
        self.assertIn(f"the state folder {self.folder}/.holon can be written", told)

    def test_json_is_one_document(self):
        for verb in (["ps"], ["calls"], ["top"], ["config"], ["describe"], ["stop", "relay"], ["start", "relay"], ["restart", "relay"],
                     ["scale", "relay=1"], ["debug", "echo"], ["reload"], ["doctor", "--port", "0"], ["describe", "probe.Echo"],
                     ["call", "probe.Echo/Say"]):
            ran = self.verb(*verb, "--json")
            self.assertEqual(ran.stdout.count("\n"), 1, verb)
            json.loads(ran.stdout)
        for verb in (["logs"], ["events"]):
            for line in self.verb(*verb, "--json").stdout.splitlines():
                json.loads(line)

    def test_messages_are_not_data(self):
        ran = self.verb("reload", "--json")
        self.assertEqual(json.loads(ran.stdout), {"app": "probe"})
        self.assertIn("the gateway goes by", ran.stderr)


class Alone(Folder):
    def test_config_needs_no_node(self):
        config = json.loads(self.verb("config", "--json").stdout)
        self.assertEqual(config["services"]["echo"]["owner"], "team-echo")

    def test_up_and_down_tell_programs_how_it_went(self):
        up = json.loads(self.verb("up", "-d", "--wait", "--json").stdout)
        self.assertEqual({host["state"] for host in up["hosts"]}, {"ready"})
        self.assertEqual(json.loads(self.verb("down", "--json").stdout), {"app": "probe", "ended": 3})
        self.assertEqual(json.loads(self.verb("down", "--json").stdout), {"app": None, "ended": 0})

    def test_up_in_front_tells_programs_each_line(self):
        up = Running("up", "--file", self.file, "--json")
        deadline = time.monotonic() + WITHIN_S
        while holon("call", "-f", self.file, "probe.Echo/Say", '{"wait_ms": 1}').returncode != 0:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        line = json.loads(up.wait_for("taking my time"))
        self.assertEqual((line["host"], line["text"]), ("echo.0", "taking my time"))
        self.assertEqual(up.end(), 130)
        for line in up.lines:
            json.loads(line)

    def test_verbs_that_need_no_node_have_json_too(self):
        self.assertRegex(json.loads(holon("version", "--json").stdout)["version"], r"^\d+\.\d+\.\d+$")
        made = json.loads(holon("new", "app", "shelf", "--json", cwd=self.folder).stdout)
        self.assertIn("shelf/holon.yaml", made["files"])
        key = json.loads(holon("gateway", "key", "ann", "--json").stdout)
        self.assertIn("ann", key["line"])

    def test_doctor_looks_at_the_machine(self):
        ran = self.verb("doctor", "--port", "0")
        self.assertRegex(ran.stdout, r"(?m)^ok  Linux \d")
        self.assertRegex(ran.stdout, r"(?m)^ok  (control groups, version [12]|no control groups)")
        self.assertRegex(ran.stdout, r"(?m)^ok  \d+ open files a process$")
        self.assertIn("no node runs here", ran.stdout)
        few = ["sh", "-c", 'ulimit -n 100; exec "$@"', "sh"]
        self.assert_wrong(few, [], "100 open files a process are few; raise them by `ulimit -n 4096`")

    def test_doctor_names_the_remedy_of_what_is_missing(self):
        (self.folder / ".holon").write_text("a file is in the way")
        self.addCleanup((self.folder / ".holon").unlink)
        (self.folder / "packages.txt").write_text("[build]\nno-such-package-at-all\n")
        self.assert_wrong([], ["--packages", self.folder / "packages.txt"],
                          "packages are missing: apt-get install --no-install-recommends no-such-package-at-all")
        self.assert_wrong([], [], f"the state folder {self.folder}/.holon cannot be written")

    def assert_wrong(self, before, arguments, text):
        ran = subprocess.run([*map(str, before), PROGRAMS["holon"], "doctor", "-f", self.file, "--port", "0", *map(str, arguments)],
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(ran.returncode, 1, ran.stdout)
        self.assertRegex(ran.stdout, "(?m)^no  " + re.escape(text))
