"""`holon up --watch`: a saved source is built, and just what it touches is started anew."""

import os
import pathlib
import subprocess

from lib import PROGRAMS, WITHIN_S, Application, Folder, Running, holon

# Stands for a compiler: makes the program $2 of src/$1.txt.
COMPILE = """if grep -q broken src/$1.txt; then echo "src/$1.txt:1: this cannot be"; exit 1; fi
rm -f "$2" && cp "PROBE" "$2"
"""
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(probe NONE)
foreach(name echo relay)
  set(program ${CMAKE_BINARY_DIR}/bin/${name})
  add_custom_command(OUTPUT ${program} COMMAND sh compile.sh ${name} ${program} DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}.txt
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${program})
endforeach()
"""
WEB = """import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""


class Watch(Folder):
    hosts = Application.hosts
    wait_until = Application.wait_until

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for folder in ("build/bin", "src", "web"):
            (cls.folder / folder).mkdir(parents=True)
        for name in ("echo", "relay"):
            (cls.folder / "src" / f"{name}.txt").write_text("as it was\n")
        (cls.folder / "compile.sh").write_text(COMPILE.replace("PROBE", str(PROGRAMS["probe"])))
        (cls.folder / "CMakeLists.txt").write_text(PROJECT)
        (cls.folder / "web/main.py").write_text(WEB)
        cls.file.write_text("app: probe\nservices:\n  echo: {program: build/bin/echo}\n  relay: {program: build/bin/relay}\n"
                            "  web: {command: [python3, -B, web/main.py], protocol: http}\n"
                            "placements:\n  split: each\n")
        for command in (["-G", "Ninja", "-S", cls.folder, "-B", cls.folder / "build"], ["--build", cls.folder / "build"]):
            subprocess.run(["cmake", *map(str, command)], check=True, capture_output=True, timeout=WITHIN_S)

    def setUp(self, *more):
        self.up = Running("up", "--file", self.file, "--watch", *more, stderr=subprocess.STDOUT)
        self.up.wait_for(f"watching {self.folder}")
        self.up.wait_for("probe is up in ")

    def tearDown(self):
        self.assertEqual(self.up.end(), 130, self.up.lines)

    def pids(self):
        return {name: host["pid"] for name, host in self.hosts().items()}

    def restarted(self, save, name):
        """What `up` says when `save` was saved, which has to restart `name` and nothing else."""
        before = self.pids()
        save()
        said = self.up.wait_for(f"{name}: started anew, ")
        self.wait_until(lambda hosts: all(host["state"] == "ready" for host in hosts.values()))
        after = self.pids()
        self.assertEqual({other for other in after if after[other] != before[other]}, {name}, said)
        return said

    def test_a_saved_source_starts_just_its_program_anew(self):
        self.restarted(lambda: (self.folder / "src/echo.txt").write_text("as it is now\n"), "echo.0")

    def test_a_saved_script_starts_just_its_command_anew(self):
        self.restarted(lambda: (self.folder / "web/main.py").write_text(WEB + "# saved\n"), "web.0")

    def test_a_failed_build_is_shown_and_what_runs_goes_on(self):
        before = self.pids()
        source = self.folder / "src/relay.txt"
        source.write_text("broken\n")
        self.up.wait_for("src/relay.txt:1: this cannot be")
        self.up.wait_for("the build failed; what runs goes on as it was")
        self.assertEqual(self.pids(), before)
        self.restarted(lambda: source.write_text("mended\n"), "relay.0")

    def test_another_command_can_build(self):
        self.assertEqual(self.up.end(), 130)
        self.setUp("--build", "sh compile.sh echo build/bin/echo")
        self.restarted(lambda: (self.folder / "src/new.txt").write_text("whatever it is\n"), "echo.0")

    def test_who_watches_ends_with_the_node(self):
        watchers = [pid for pid in filter(str.isdigit, os.listdir("/proc")) if self.watches(pid)]
        self.assertEqual(len(watchers), 1)
        self.assertEqual(self.up.end(), 130)  # its output is open until the last of its processes has ended
        self.assertFalse(os.path.exists(f"/proc/{watchers[0]}") and self.watches(watchers[0]))
        self.setUp()

    def watches(self, pid):
        try:
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return b"watch" in words and str(self.file).encode() in words

    def test_watching_is_for_the_foreground(self):
        ran = holon("up", "-d", "--watch", "--file", self.file)
        self.assertEqual((ran.returncode, ran.stdout), (2, ""))
        self.assertIn("--watch goes without -d", ran.stderr)
