"""stop, start, restart, scale, exec and debug."""

import json
import os

from lib import Application, Folder


class Hosts(Application):
    def test_a_host_is_stopped_and_started(self):
        pid = self.hosts()["echo.0"]["pid"]
        stopped = json.loads(self.verb("stop", "echo", "--json").stdout)
        self.assertIn(("echo.0", "stopped"), [(host["host"], host["state"]) for host in stopped["hosts"]])
        self.assertEqual(self.hosts()["relay.0"]["state"], "ready")
        self.assertFalse(os.path.exists(f"/proc/{pid}"))
        started = self.verb("start", "echo").stdout
        self.assertRegex(started, r"echo\.0 +ready")
        self.assertNotEqual(self.hosts()["echo.0"]["pid"], pid)

    def test_a_restart_gives_a_new_process(self):
        before = self.hosts()
        self.verb("restart", "relay.0")
        after = self.hosts()
        self.assertEqual(after["relay.0"]["state"], "ready")
        self.assertNotEqual(after["relay.0"]["pid"], before["relay.0"]["pid"])
        self.assertEqual(after["echo.0"]["pid"], before["echo.0"]["pid"])

    def test_replicas_are_set(self):
        self.verb("scale", "echo=3")
        self.assertEqual([name for name, host in self.hosts().items() if host["state"] == "ready" and name.startswith("echo.")],
                         ["echo.0", "echo.1", "echo.2"])
        self.verb("scale", "echo=1")
        self.wait_until(lambda hosts: not {"echo.1", "echo.2"} & set(hosts))

    def test_who_does_not_wait_is_answered_at_once(self):
        self.verb("restart", "echo", "--no-wait")
        self.wait_until(lambda hosts: hosts["echo.0"]["state"] == "ready")

    def test_what_there_is_none_of_is_named_and_nothing_happens(self):
        before = self.hosts()
        for verb in (["stop", "ecko"], ["start", "ecko"], ["restart", "relay", "ecko"], ["scale", "ecko=2"], ["exec", "ecko", "true"],
                     ["debug", "ecko"], ["logs", "ecko"], ["events", "ecko"]):
            self.assertIn("did you mean echo", self.refused(2, *verb), verb)
        self.assertEqual(before, self.hosts())

    def test_replicas_that_cannot_be_are_refused(self):
        for written in ("echo", "echo=", "=3", "echo=many", "echo=3x"):
            self.assertIn(f"{written}: write HOST=REPLICAS, as cart=3", self.refused(2, "scale", written))
        self.assertIn("echo is named twice", self.refused(2, "scale", "echo=1", "echo=2"))
        self.assertIn("101", self.refused(2, "scale", "echo=101"))

    def test_a_command_runs_in_the_folder_and_environment_of_a_host(self):
        pid = self.hosts()["echo.0"]["pid"]
        self.assertEqual(self.verb("exec", "echo", "pwd").stdout.strip(), os.readlink(f"/proc/{pid}/cwd"))
        with open(f"/proc/{pid}/environ", encoding="utf-8") as file:
            own = {variable for variable in file.read().split("\0") if variable and not variable.startswith("TERM=")}
        environment = {"PATH": os.environ["PATH"], "OF_THE_CALLER": "yes"}
        told = self.verb("exec", "echo.0", "env", "-0", env=environment).stdout.split("\0")
        self.assertLessEqual(own, set(told))
        self.assertNotIn("OF_THE_CALLER=yes", told)

    def test_the_exit_code_of_a_command_is_the_verbs(self):
        self.verb("exec", "echo", "sh", "-c", "exit 7", code=7)
        self.assertEqual(self.verb("exec", "echo", "--", "printf", "%s", "--file").stdout, "--file")
        for absent in ("absent-program", "describe"):  # the latter is no verb there
            self.assertIn(f"cannot run {absent}: there is no such program", self.refused(2, "exec", "echo", absent, "--file", "x"))

    def test_how_to_attach_a_debugger_is_told(self):
        pid = self.hosts()["echo.0"]["pid"]
        self.assertIn(f"gdb -p {pid}\n", self.verb("debug", "echo").stdout)
        told = json.loads(self.verb("debug", "echo", "--json").stdout)
        self.assertEqual((told["host"], told["pid"]), ("echo.0", pid))
        self.assertEqual(told["program"], os.readlink(f"/proc/{pid}/exe"))


class NobodyRuns(Folder):
    def test_without_a_node_each_verb_says_what_to_do(self):
        for verb in (["ps"], ["ps", "--watch"], ["stop"], ["start"], ["restart"], ["scale", "echo=2"], ["exec", "echo", "true"],
                     ["debug", "echo"], ["logs"], ["events"], ["top"], ["calls"], ["describe"], ["reload"]):
            self.assertIn("`holon up` starts one, --file FILE names another", self.refused(1, *verb), verb)
