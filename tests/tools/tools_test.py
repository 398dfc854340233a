"""`holon call` and `holon describe` as a person uses them, against a server of holon's and one of grpc++."""

import argparse
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ARGUMENTS = None
WITHIN_S = 30


def holon(*arguments, stdin=None):
    """`holon ARGUMENTS`, to its end."""
    return subprocess.run([ARGUMENTS.holon, *map(str, arguments)], input=stdin, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL if stdin is None else None, timeout=WITHIN_S)


class Process:
    """A program that goes on, and what it has written to standard error so far."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen([str(word) for word in command], stderr=subprocess.PIPE, text=True, **options)
        self.written = ""
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            with self.changed:
                self.written += line
                self.changed.notify_all()

    def wait_for(self, text):
        with self.changed:
            if not self.changed.wait_for(lambda: text in self.written, WITHIN_S):
                raise AssertionError(f"{text!r} was not written, but {self.written!r}")

    def end(self, how=signal.SIGTERM):
        """Signals it, and gives its exit code."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self):
        code = self.process.wait(WITHIN_S)
        self.reader.join(WITHIN_S)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code


class Folder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="holon-tools-"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)


class ServerTest(Folder):
    """Has `self.server`, a desk.Desk of its own, which answers at `self.address`."""

    peer = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.address = f"unix:{cls.folder}/desk"
        cls.server = Process(*cls.command(cls.address))
        cls.server.wait_for("answers on")

    @classmethod
    def tearDownClass(cls):
        cls.server.end(signal.SIGKILL)
        super().tearDownClass()

    def call(self, method, *arguments, stdin=None):
        return holon("call", "--address", self.address, f"desk.Desk/{method}", *arguments, stdin=stdin)

    def answer(self, method, *arguments, stdin=None):
        """The one reply of a call that has to end well."""
        ran = self.call(method, *arguments, stdin=stdin)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return json.loads(ran.stdout)

    def start(self, method, *arguments):
        return Process(ARGUMENTS.holon, "call", "--address", self.address, f"desk.Desk/{method}", *arguments,
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def describe(self, *arguments):
        ran = holon("describe", "--address", self.address, *arguments)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return ran.stdout

    def assert_fails(self, ran, code, *texts):
        self.assertEqual(ran.returncode, code, ran.stderr)
        for text in texts:
            self.assertIn(text, ran.stderr)


class Call:
    """What holds against every server."""

    def test_a_unary_call_answers(self):
        question = {"text": "why?", "number": 3, "mood": "URGENT"}
        self.assertEqual(self.answer("Ask", json.dumps(question)), question)
        ran = self.call("Ask", json.dumps(question))
        self.assertEqual(ran.stdout, '{\n "text": "why?",\n "number": 3,\n "mood": "URGENT"\n}\n')
        ran = self.call("Ask", "--compact", json.dumps(question))
        self.assertEqual(ran.stdout, '{"text":"why?","number":3,"mood":"URGENT"}\n')

    def test_without_a_request_it_is_empty(self):
        self.assertEqual(self.answer("Ask"), {})

    def test_defaults_are_shown_when_asked_for(self):
        self.assertEqual(self.answer("Ask", "--emit-defaults"),
                         {"text": "", "number": 0, "tag": "", "tagBytes": "", "mood": "CALM"})

    def test_the_request_comes_from_a_file_or_standard_input(self):
        file = self.folder / "request.json"
        file.write_text('\n{"text":\n "from a file"}\n')
        self.assertEqual(self.answer("Ask", f"@{file}"), {"text": "from a file"})
        self.assertEqual(self.answer("Ask", "-", stdin='{"text": "typed"}'), {"text": "typed"})
        self.assert_fails(self.call("Ask", "@/nowhere/at/all"), 2, "/nowhere/at/all")

    def test_metadata_goes_both_ways(self):
        ran = self.call("Ask", "{}", "-H", "tag: blue", "-H", "Tag-Bin: AQL/", "-v", "--compact")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(json.loads(ran.stdout), {"tag": "blue", "tagBytes": "AQL/"})
        lines = ran.stderr.splitlines()
        self.assertEqual(lines[0], f"desk.Desk/Ask at {self.address}")
        self.assertIn("header tag: blue", lines)
        self.assertIn("trailer tag-bin: AQL/", lines)
        self.assertRegex(lines[-1], r"^OK in \d.*s, requests: 1, replies: 1$")

    def test_a_header_that_is_none_is_refused(self):
        for header, why in (("tag", "write a header as 'name: value'"), ("tag-bin: !", "base64"),
                            ("grpc-timeout: 1S", "a meaning of its own"), ("tag: \u00e4", "printable ASCII"),
                            ("t\u00e4g: a", "names are made of")):
            self.assert_fails(self.call("Ask", "-H", header), 2, header, why)

    def test_a_server_stream_is_a_reply_a_line(self):
        ran = self.call("Count", '{"number": 3}')
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(ran.stdout, '{}\n{"number":1}\n{"number":2}\n')

    def test_a_client_stream_takes_one_value_after_the_other(self):
        self.assertEqual(self.answer("Sum", stdin='{"number": 1}{"number": 2}\n{"number":\n3}'), {"number": 6})
        self.assertEqual(self.answer("Sum", '{"number": 4} {"number": 5}'), {"number": 9})
        self.assertEqual(self.answer("Sum", stdin=""), {})
        many = "".join(json.dumps({"number": i, "text": "x" * 100}) for i in range(5000))
        self.assertEqual(self.answer("Sum", stdin=many), {"number": sum(range(5000))})

    def test_a_bidi_stream_answers_as_it_is_asked(self):
        chat = self.start("Chat")
        for number in (7, 8):
            chat.process.stdin.write(json.dumps({"number": number}))
            chat.process.stdin.flush()
            self.assertEqual(json.loads(chat.process.stdout.readline()), {"number": number})
        chat.process.stdin.close()
        self.assertEqual(chat.process.stdout.read(), "")
        self.assertEqual(chat.wait(), 0, chat.written)

    def test_a_stream_that_fails_says_so_after_its_replies(self):
        chat = self.start("Chat")
        chat.process.stdin.write('{"number": 1} {"number": -1}')
        chat.process.stdin.flush()  # and it stays open: the server has ended the call
        self.assertEqual(chat.process.stdout.read(), '{"number":1}\n')
        self.assertEqual(chat.wait(), 1)
        self.assertEqual(chat.written, "OUT_OF_RANGE: no number below zero\n")

    def test_a_failed_call_says_code_message_and_details(self):
        ran = self.call("Fail", '{"number": 5, "text": "no such thing: \u00e4 %"}')
        self.assertEqual(ran.returncode, 1)
        self.assertEqual(ran.stdout, "")
        self.assertEqual(ran.stderr.splitlines(), [
            "NOT_FOUND: no such thing: \u00e4 %",
            '  google.rpc.BadRequest {"fieldViolations":[{"field":"text","description":"too long"}]}',
            '  desk.Answer {"text":"ask again"}',
            "  nobody.Knows in base64, since no contract of it is known: AQID"])

    def test_bad_json_is_named_with_place_and_field(self):
        self.assert_fails(self.call("Ask", '{"txt": 1}'), 2, 'request:1:2: desk.Question has no field "txt"; did you mean text?')
        self.assert_fails(self.call("Ask", '{"number": "many"}'), 2,
                          "request:1:12: desk.Question.number is written as a whole number from -2147483648", 'not "many"')
        self.assert_fails(self.call("Ask", '{"text": "a"'), 2, "request:1:13: the text ends")
        self.assert_fails(self.call("Ask", "{} {}"), 2, "takes one request")
        self.assert_fails(self.call("Ask", " "), 2, "the request is missing")
        self.assert_fails(self.call("Sum", stdin='{"number": 1}\n {"number": [2]}'), 2,
                          "standard input:2:13: desk.Question.number is written as a whole number")

    def test_the_types_of_any_are_learned(self):
        attachment = {"@type": "type.googleapis.com/desk.Answer", "text": "inside"}
        self.assertEqual(self.answer("Ask", json.dumps({"attachment": attachment})), {"attachment": attachment})
        self.assert_fails(self.call("Ask", '{"attachment": {"@type": "type.googleapis.com/nobody.Knows"}}'), 2,
                          "nobody.Knows")

    def test_the_time_is_bounded(self):
        began = time.monotonic()
        self.assert_fails(self.call("Wait", "--timeout", "0.2"), 1, "DEADLINE_EXCEEDED: ")
        self.assertLess(time.monotonic() - began, 10)

    def test_ctrl_c_cancels(self):
        waiting = self.server.written.count("waiting")
        call = self.start("Wait", "{}")
        with self.server.changed:
            self.assertTrue(self.server.changed.wait_for(lambda: self.server.written.count("waiting") > waiting, WITHIN_S))
        waited = self.server.written.count("waited")
        self.assertEqual(call.end(signal.SIGINT), 130)
        self.assertEqual(call.written, "")
        with self.server.changed:
            self.assertTrue(self.server.changed.wait_for(lambda: self.server.written.count("waited") > waited, WITHIN_S))
        self.assertIn("CANCELLED", self.server.written)

    def test_ctrl_c_ends_a_stream_that_waits_for_input(self):
        chat = self.start("Chat")
        chat.process.stdin.write('{"number": 1}')
        chat.process.stdin.flush()
        chat.process.stdout.readline()
        self.assertEqual(chat.end(signal.SIGINT), 130)

    def test_who_reads_no_more_ends_it(self):
        count = self.start("Count", '{"number": 2000000000}')
        count.process.stdout.readline()
        count.process.stdout.close()
        self.assertEqual(count.wait(), 1)

    def test_names_are_near(self):
        for method, known in (("desk.Desk/Asks", "Ask"), ("Desk/Ask", "desk.Desk"), ("desk.desk/Ask", "desk.Desk")):
            self.assert_fails(holon("call", "--address", self.address, method), 2, f"did you mean {known}?")
        self.assert_fails(holon("call", "--address", self.address, "desk.Desk.Ask"), 2, "write SERVICE/METHOD")

    def test_describe_lists_methods_with_what_their_contract_says(self):
        lines = [line.split() for line in self.describe().splitlines()]
        self.assertIn(["desk.Desk/Ask", "unary", "5.00", "s", "yes", "GET", "/v1/desk/{text}"], lines)
        self.assertIn(["desk.Desk/Count", "server", "stream"], lines)
        self.assertIn(["desk.Desk/Sum", "client", "stream"], lines)
        self.assertIn(["desk.Desk/Chat", "bidi", "stream"], lines)
        self.assertIn("grpc.health.v1.Health/Check", self.describe())

    def test_describe_shows_a_service_a_method_and_a_message(self):
        self.assertIn("rpc Chat(stream desk.Question) returns (stream desk.Answer)", self.describe("desk.Desk"))
        method = self.describe("desk.Desk/Sum")
        self.assertIn("// desk.Question\nmessage Question {", method)
        self.assertIn("// desk.Answer\nmessage Answer {", method)
        self.assertIn(f"holon call --address {self.address} desk.Desk/Sum '{{", method)
        question = self.describe("desk.Question")
        self.assertIn("\n  desk.Question.Mood mood = 3;\n", question)
        self.assertIn('\n  "mood": "CALM",\n', question)
        self.assert_fails(holon("describe", "--address", self.address, "desk.Desks"), 2, "did you mean desk.Desk?")

    def test_the_example_of_describe_can_be_called(self):
        method = json.loads(self.describe("--json", "desk.Desk/Ask"))
        self.assertEqual((method["kind"], method["request"], method["reply"], method["timeout_ms"], method["idempotent"],
                          method["http"]),
                         ("unary", "desk.Question", "desk.Answer", 5000, True, ["GET /v1/desk/{text}"]))
        self.answer("Ask", json.dumps(method["example"]))
        services = {service["service"] for service in json.loads(self.describe("--json"))["services"]}
        self.assertIn("desk.Desk", services)
        self.assertIn("message Answer", json.loads(self.describe("--json", "desk.Answer"))["proto"])


class HolonCall(Call, ServerTest):
    peer = "holon"

    @classmethod
    def command(cls, address):
        return ARGUMENTS.holon_desk, "--listen", address, "--data", cls.folder / "data"


class GrpcCall(Call, ServerTest):
    peer = "grpc++"

    @classmethod
    def command(cls, address):
        return ARGUMENTS.grpc_desk, address


class WithoutReflection(ServerTest):
    peer = "grpc++ without reflection"

    @classmethod
    def command(cls, address):
        return ARGUMENTS.grpc_plain_desk, address

    def test_the_remedy_is_named(self):
        for verb in ("call", "describe"):
            self.assert_fails(holon(verb, "--address", self.address, "desk.Desk/Ask"), 1, "no reflection", "--proto FILE")

    def test_a_contract_file_stands_in(self):
        for where in (["--proto", HERE / "desk.proto", "-I", HERE], ["--proto", "desk.proto", "-I", HERE]):
            ran = self.call("Ask", '{"text": "by file"}', "--compact", *where)
            self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, '{"text":"by file"}\n', ""))

    def test_comments_of_a_contract_file_are_shown(self):
        text = self.describe("desk.Desk", "--proto", HERE / "desk.proto", "-I", HERE)
        self.assertIn("// Answers each question at once; ends with OUT_OF_RANGE at a negative number.", text)
        lines = [line.split() for line in text.splitlines()]
        self.assertIn(["desk.Desk/Ask", "unary", "5.00", "s", "yes", "GET", "/v1/desk/{text}"], lines)

    def test_mistakes_of_a_contract_file_are_placed(self):
        broken = self.folder / "broken.proto"
        broken.write_text('syntax = "proto3";\nmessage M { Nothing n = 1; }\n')
        self.assert_fails(self.call("Ask", "--proto", broken, "-I", self.folder), 2, 'broken.proto:2:13: "Nothing"')
        self.assert_fails(self.call("Ask", "--proto", "absent.proto"), 2, "absent.proto")


class Usage(Folder):
    peer = "nobody"

    def test_what_is_written_wrong_is_2(self):
        for arguments in (["call"], ["call", "a.B/C", "--timeout", "x"], ["call", "a.B/C", "--frobnicate"],
                          ["call", "a.B/C", "--address", "nowhere:x"], ["describe", "a", "b"]):
            ran = holon(*arguments)
            self.assertEqual(ran.returncode, 2, f"{arguments}: {ran.stderr}")
            self.assertNotEqual(ran.stderr, "")

    def test_nobody_there_is_1_and_named(self):
        ran = holon("call", "--address", f"unix:{self.folder}/nobody", "a.B/C")
        self.assertEqual(ran.returncode, 1)
        self.assertIn(f"unix:{self.folder}/nobody", ran.stderr)

    def test_without_application_or_address_the_remedy_is_named(self):
        for verb in (["call", "a.B/C"], ["describe"]):
            ran = holon(*verb, "-f", self.folder / "holon.yaml")
            self.assertEqual(ran.returncode, 1)
            self.assertIn("`holon up` starts one, --file FILE names another, --address any gRPC server", ran.stderr)

    def test_help_tells_of_both(self):
        self.assertIn("call a method with JSON", holon("--help").stdout)
        self.assertIn("'name: value' beside the request", holon("call", "--help").stdout)
        self.assertIn("SERVICE, SERVICE/METHOD or MESSAGE", holon("describe", "--help").stdout)


class Application(Folder):
    peer = "an application"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls.folder / "holon.yaml"
        cls.file.write_text(f"app: office\nservices:\n  desk: {{program: {ARGUMENTS.holon_desk}, owner: team-desk}}\n"
                            "placements:\n  split: each\ngateway: {listen: \"127.0.0.1:0\"}\n")
        up = holon("up", "-d", "--wait", "-f", cls.file)
        if up.returncode != 0:
            raise AssertionError(up.stderr)

    @classmethod
    def tearDownClass(cls):
        holon("down", "-f", cls.file)
        super().tearDownClass()

    def test_finds_its_services_by_itself(self):
        ran = holon("call", "-f", self.file, "desk.Desk/Ask", '{"text": "found"}', "--compact")
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, '{"text":"found"}\n', ""))
        ran = holon("call", "-f", self.file, "desk.Disk/Ask")
        self.assertEqual(ran.returncode, 2)
        self.assertIn("there is no service desk.Disk; did you mean desk.Desk?", ran.stderr)

    def test_describes_what_it_is_for(self):
        ran = holon("describe", "--json", "-f", self.file)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        [desk] = json.loads(ran.stdout)["services"]
        self.assertEqual(desk["methods"], ["Ask", "Fail", "Count", "Sum", "Chat", "Wait"])

    def test_what_a_host_serves_beside_is_not_its_services(self):
        holon("call", "-f", self.file, "desk.Desk/Ask")
        hosts = json.loads(holon("ps", "--json", "-f", self.file).stdout)["hosts"]
        self.assertEqual([host["services"] for host in hosts if host["host"] == "desk.0"], [["desk.Desk"]])
        self.assertNotIn("grpc.", holon("calls", "-f", self.file).stdout)
        endpoint = next(host["endpoint"] for host in hosts if host["host"] == "desk.0")
        health = holon("call", "--address", endpoint, "grpc.health.v1.Health/List", "--compact")
        self.assertEqual(json.loads(health.stdout), {"statuses": {"": {"status": "SERVING"},
                                                                  "desk.Desk": {"status": "SERVING"}}})


class Tap(unittest.TestResult):
    """Prints "ok 1 - tools.TITLE/PEER", as tests/promises reads it, and what went wrong."""

    def say(self, verdict, test):
        title = test.id().split(".")[-1].removeprefix("test_").rstrip(")")
        print(f"{verdict} {self.testsRun} - tools.{title}/{getattr(test, 'peer', None)}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say("ok", test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.say("not ok", test)
        print(self.failures[-1][1], flush=True)

    def addError(self, test, error):
        super().addError(test, error)
        self.say("not ok", test)
        print(self.errors[-1][1], flush=True)


def main():
    global ARGUMENTS
    parser = argparse.ArgumentParser()
    for program in ("holon", "holon-desk", "grpc-desk", "grpc-plain-desk"):
        parser.add_argument(f"--{program}", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("names", nargs="*", help="only tests whose name has one of these words")
    ARGUMENTS = parser.parse_args()
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{name}*" for name in ARGUMENTS.names] or None
    result = Tap()
    loader.loadTestsFromModule(sys.modules[__name__]).run(result)
    print(f"1..{result.testsRun}")
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
