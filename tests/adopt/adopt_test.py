"""Runs docs/adopt.md step by step: a gRPC service and an HTTP monolith that were there before join an application.

    adopt_test.py --bin DIR
"""

import argparse
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

ARGUMENTS = None
HERE = pathlib.Path(__file__).resolve().parent
COMMAND_SECONDS_MAX = 60


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


class Adopt(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="holon-adopt-"))
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("prices.proto", "prices.py", "store.py"):
            shutil.copy(HERE / name, self.folder)
        self.run_here("protoc", "--python_out=.", "prices.proto")
        self.port, self.monolith_port = free_port(), free_port()
        self.addCleanup(self.run_here, self.holon, "down")

    @property
    def holon(self):
        return ARGUMENTS.bin / "bin" / "holon"

    def run_here(self, *command, expected=0):
        done = subprocess.run(list(map(str, command)), cwd=self.folder, capture_output=True, text=True, check=False,
                              timeout=COMMAND_SECONDS_MAX)
        self.assertEqual(done.returncode, expected, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def write(self, step):
        """holon.yaml is that of this step; where the monolith answers is this test's choice."""
        text = (HERE / f"{step}.yaml").read_text().replace("127.0.0.1:9000", f"127.0.0.1:{self.monolith_port}")
        (self.folder / "holon.yaml").write_text(text)

    def up(self, step):
        self.write(step)
        port = ["--port", self.port] if "gateway:" in (HERE / f"{step}.yaml").read_text() else []
        self.run_here(self.holon, "up", "-d", "--wait", "--bin", ARGUMENTS.bin, *port)

    def start_monolith(self):
        """It runs where it always did, and nobody tells it of holon."""
        monolith = subprocess.Popen([sys.executable, self.folder / "store.py", str(self.monolith_port)], text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(monolith.__exit__, None, None, None)
        self.addCleanup(monolith.kill)
        self.assertIn("answers", monolith.stdout.readline())

    def get(self, path):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return json.load(answer)

    def call(self, method, request, *options, expected=0):
        return self.run_here(self.holon, "call", *options, method, json.dumps(request), expected=expected)

    def test_step_1_a_grpc_service_joins_as_it_is(self):
        self.up("step1")
        host, = json.loads(self.run_here(self.holon, "ps", "--json"))["hosts"]
        self.assertEqual((host["host"], host["kind"], host["state"]), ("prices.0", "command", "ready"))
        contract = "--proto", "prices.proto"
        self.assertIn('"pence": 250', self.call("cafe.Prices/GetPrice", {"item": "tea"}, *contract))
        self.assertIn("there is no gold", self.call("cafe.Prices/GetPrice", {"item": "gold"}, *contract, expected=1))

    def test_step_2_a_new_service_calls_it(self):
        self.up("step2")
        self.assertIn('"pence": 750', self.call("cafe.Quotes/GetQuote", {"item": "tea", "people": 3}))
        self.assertIn("there is no gold", self.call("cafe.Quotes/GetQuote", {"item": "gold"}, expected=1))

    def test_steps_3_and_4_a_route_of_the_monolith_is_taken_over_and_given_back(self):
        self.start_monolith()
        self.up("step3")
        self.assertEqual(self.get("/quotes/tea?people=3"), {"page": "quotes", "from": "the monolith"})
        self.write("step4")
        self.run_here(self.holon, "reload")
        self.assertEqual(self.get("/quotes/tea?people=3"), {"pence": 750})
        self.assertEqual(self.get("/orders/7"), {"page": "orders", "from": "the monolith"})
        self.write("step3")
        self.run_here(self.holon, "reload")
        self.assertEqual(self.get("/quotes/tea?people=3"), {"page": "quotes", "from": "the monolith"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
