"""Runs the vectors of tests/transcoding/vectors against bin/conformance, over HTTP/1.1 and HTTP/2, and the examples of a page of
docs: what it shows is what is answered. Prints TAP, a line for each vector and version.

    run_vectors.py --server build/bin/conformance [--docs FILE] [--only TEXT] [FILE…]

A vector is a request and what is expected of its answer; without `status` that is 200:

    {"name": "…", "request": "GET /v1/msgs/7?n=1", "headers": {"accept": "…"}, "body": "…",
     "status": 400, "answer": {"allow": "GET"}, "json": {…}, "text": "…", "lines": [{…}, …], "says": "part of the message"}

`body` is sent as it is if it is text, else as JSON; with one and no Content-Type it is application/json. `base64` is a body of
bytes. In `answer` a header that is null must not be there. `versions` has those of HTTP it is for, if not both. From 400 on the answer must be a whole problem (RFC 9457).
"""

import argparse
import base64
import concurrent.futures
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

VERSIONS = {"HTTP/1.1": "--http1.1", "HTTP/2": "--http2-prior-knowledge"}
SECONDS = 20


class Server:
    """bin/conformance, listening on a port of the system's choice."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen([program, "--http", "127.0.0.1:0", *map(str, options)], text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said, self.address, self.up = [], None, threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        if not self.up.wait(SECONDS) or self.address is None:
            raise RuntimeError(f"{program} did not start: {self.said}")

    def _listen(self):
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.match(r"answers on (?:tls:)?(127\.\S+)$", line):
                self.address = found[1]
                self.up.set()
        self.up.set()

    def end(self):
        self.process.terminate()
        return self.process.wait(SECONDS)


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        while head.split()[1:2] == [b"100"]:  # an informational head comes first
            head, _, self.body = self.body.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin1").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            self.headers.setdefault(name.lower(), []).append(value.strip())

    def header(self, name):
        return ", ".join(self.headers[name]) if name in self.headers else None

    def text(self):
        return self.body.decode("utf-8", "replace")


def ask(address, version, vector):
    method, _, target = vector["request"].partition(" ")
    headers = {name.lower(): value for name, value in vector.get("headers", {}).items()}
    body = vector.get("body")
    if body is not None and not isinstance(body, str):
        body = json.dumps(body)
    data = base64.b64decode(vector["base64"]) if "base64" in vector else None if body is None else body.encode()
    if data is not None:
        headers.setdefault("content-type", "application/json")
    command = ["curl", "-s", "-i", "--globoff", "--path-as-is", "--max-time", str(SECONDS), VERSIONS[version]]
    command += ["--head"] if method == "HEAD" else ["-X", method]
    for name in ("accept", "content-type", "expect", "user-agent", "content-length"):
        if name != "content-length" and name not in headers:
            command += ["-H", f"{name}:"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}" if value != "" else f"{name};"]
    if data is not None:
        command += ["--data-binary", "@-"]
    for _ in range(3):
        done = subprocess.run([*command, f"http://{address}{target}"], input=data or b"", capture_output=True, timeout=SECONDS + 5)
        # An answer that is complete before its request ends in RST_STREAM with NO_ERROR (RFC 9113, 8.1), for which curl 7.88 may
        # lose it.
        if done.returncode != 92:
            break
    if b"\r\n\r\n" not in done.stdout:
        raise ValueError(f"curl ended with {done.returncode} and no answer {done.stderr.decode()}")
    return Answer(done.stdout)


def parse(text, what):
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"{what} is no JSON: {text[:200]!r}") from None


def problems_of(vector, answer):
    """What is wrong with an answer, as texts."""
    status = vector.get("status", 200)
    if answer.status != status:
        yield f"status {answer.status}, expected {status}: {answer.text()[:300]}"
        return
    for name, value in vector.get("answer", {}).items():
        if answer.header(name) != value:
            yield f"{name} is {answer.header(name)!r}, expected {value!r}"
    if "text" in vector and answer.text() != vector["text"]:
        yield f"the body is {answer.text()[:300]!r}, expected {vector['text']!r}"
    if "json" in vector and parse(answer.text(), "the body") != vector["json"]:
        yield f"the body is {answer.text()[:300]}, expected {json.dumps(vector['json'], ensure_ascii=False)}"
    if "lines" in vector:
        found = [parse(line, "a line") for line in answer.text().splitlines()]
        if found != vector["lines"]:
            yield f"the lines are {found}, expected {vector['lines']}"
    if status >= 400 and not vector["request"].startswith("HEAD"):
        yield from problems_of_problem(vector, answer)


def problems_of_problem(vector, answer):
    if answer.header("content-type") != "application/problem+json":
        yield f"its content type is {answer.header('content-type')}"
        return
    problem = parse(answer.text(), "the problem")
    if set(problem) != {"type", "title", "status", "detail", "code", "message", "details"}:
        yield f"its members are {sorted(problem)}"
    elif problem["status"] != answer.status or problem["detail"] != problem["message"]:
        yield f"it contradicts itself: {problem}"
    elif vector.get("says", "") not in problem["message"]:
        yield f"its message is {problem['message']!r}, expected {vector['says']!r} in it"
    elif vector.get("code", problem["code"]) != problem["code"]:
        yield f"its code is {problem['code']}, expected {vector['code']}"
    elif vector.get("details", problem["details"]) != problem["details"]:
        yield f"its details are {problem['details']}, expected {vector['details']}"


def vectors_of(files):
    names = set()
    for file in files:
        for vector in json.loads(file.read_text()):
            vector["title"] = f"transcoding {file.stem}: {vector['name']}"
            if vector["title"] in names:
                raise SystemExit(f"{file}: there are two vectors {vector['name']!r}")
            names.add(vector["title"])
            unknown = set(vector) - {"name", "title", "request", "headers", "body", "base64", "status", "answer", "json", "text",
                                     "lines", "says", "code", "details", "versions"}
            if unknown:
                raise SystemExit(f"{file}: {vector['name']}: unknown members {sorted(unknown)}")
            yield vector


def examples_of(page):
    """The commands of a page, and what it shows of their answers: blocks of `$ curl …` and what follows."""
    for block in re.findall(r"^```\n(\$ curl .*?)^```", page.read_text(), re.M | re.S):
        for command, shown in re.findall(r"^\$ (curl .*(?:\n> .*)*)\n((?:(?!\$ ).*\n)*)", block, re.M):
            yield command.replace("\n> ", "\n"), shown


def problems_of_example(address, command, shown):
    command = command.replace("http://127.0.0.1:8080", f"http://{address}")
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=SECONDS)
    if done.stdout.strip() != shown.strip():
        yield f"it shows {shown!r}, but {done.stdout!r} is answered {done.stderr}"


class Report:
    def __init__(self):
        self.number, self.failed = 0, 0

    def case(self, title, problems):
        self.number += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} - {title}")
        for problem in problems:
            print("  #", problem)


def tried(check, *arguments):
    try:
        return list(check(*arguments))
    except (ValueError, subprocess.TimeoutExpired) as error:
        return [str(error)]


def main():
    here = Path(__file__).parent
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("files", nargs="*", type=Path, default=sorted((here / "vectors").glob("*.json")))
    args = parser.parse_args()
    if shutil.which("curl") is None:
        parser.error("curl was not found: install the package curl")
    vectors = [vector for vector in vectors_of(args.files) if args.only in vector["title"]]
    report = Report()
    server = Server(args.server)
    run = lambda version, vector: tried(lambda: problems_of(vector, ask(server.address, version, vector)))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asked = [(version, vector) for vector in vectors for version in vector.get("versions", VERSIONS)]
        for (version, vector), problems in zip(asked, pool.map(lambda both: run(*both), asked)):
            report.case(f"{vector['title']} ({version})", problems)
    for command, shown in examples_of(args.docs) if args.docs else []:
        report.case(f"transcoding example: {command.splitlines()[0]}", tried(problems_of_example, server.address, command, shown))
    code = server.end()
    report.case("transcoding: the server ends on SIGTERM", [] if code == 0 else [f"exit code {code}: {server.said}"])
    print(f"1..{report.number}")
    return report.failed != 0


if __name__ == "__main__":
    sys.exit(main())
