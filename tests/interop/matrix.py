"""Who calls whom, over what, with which cases: the one table of the interop tests, and what runs it.

    matrix.py --bin DIR … CLIENT SERVER [--transport tcp] [--case NAME,…] [--soak COUNT]
    matrix.py --bin DIR … --check-docs FILE

Every server understands `--grpc ADDR [--tls-cert FILE --tls-key FILE]`, prints `answers on ADDR` when it does, and ends well on
SIGTERM. Every client understands `--server ADDR [--tls-ca FILE] [--lacks FEATURE,…] [--case NAME,…] [--soak COUNT]` and prints
`ok NAME` or `not ok NAME: WHY` for each case. Results are printed as TAP, one line per case and transport.
"""

import argparse
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

CODES = """CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED
           FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED""".split()
CASES = """empty_unary large_unary client_streaming server_streaming ping_pong empty_stream cancel_after_begin
           cancel_after_first_response timeout_on_sleeping_server status_code_and_message special_status_message
           unimplemented_method unimplemented_service custom_metadata client_compressed_unary client_compressed_streaming
           server_compressed_unary server_compressed_streaming parallel_calls many_cancels back_pressure
           message_over_limit rpc_soak channel_soak""".split() + [f"code_{name}" for name in CODES]
TRANSPORTS = {"tcp": "TCP", "tls": "TLS", "unix": "a Unix socket", "http": "HTTP/1.1", "gateway": "its gateway"}

# holon on one side, one of the others on the other.
PEERS = ["grpc++", "grpc-js", "connect-node", "grpcio"]
PAIRS = [*((peer, "holon") for peer in PEERS), ("grpc-web", "holon"), *(("holon", peer) for peer in PEERS)]

# Features of the public description that a server does not have: whether it sees that a message came compressed, and whether
# it compresses each message as it is asked to.
LACKS = {
    "grpc-js": ["compressed_request", "compressed_response"],
    "connect-node": ["compressed_request", "compressed_response"],
    "grpcio": ["compressed_request"],
}
# Clients that cannot tell whether a message came compressed.
BLIND = {"grpcio"}
# Without HTTP/2's flow control there are the kernel's buffers and the client's, and they hold more than the case sends.
NOT_OVER_HTTP1 = {"back_pressure"}


def transports_of(client, server):
    """gRPC-Web over HTTP/1.1 comes through the gateway as well."""
    return ["tcp", "tls", "unix"] + (["http"] if client == "grpc-web" else []) + (["gateway"] if server == "holon" else [])


def cases_of(transport):
    return [case for case in CASES if transport != "http" or case not in NOT_OVER_HTTP1]


STARTS_SECONDS, ENDS_SECONDS, CASES_SECONDS = 20, 10, 120


class Programs:
    """The command lines of all clients and servers."""

    def __init__(self, args):
        node = lambda script, *more: [args.node, str(args.scripts / script), *more]
        python = lambda script: [args.python, "-B", str(args.source / "python" / script)]
        own = lambda name: [str(args.bin / "interop" / name)]
        self.clients = {
            "holon": own("interop_holon_client"),
            "grpc++": own("interop_grpcpp_client"),
            "grpc-js": node("grpcjs_client.js"),
            "connect-node": node("connect_client.js"),
            "grpc-web": node("connect_client.js"),
            "grpcio": python("client.py"),
        }
        self.servers = {
            "holon": [str(args.bin / "conformance")],
            "grpc++": own("interop_grpcpp_server"),
            "grpc-js": node("grpcjs_server.js"),
            "connect-node": node("connect_server.js"),
            "grpcio": python("server.py"),
        }
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(args.generated),
            "INTEROP_PROTO": str(args.source / "interop.proto"),
            "INTEROP_DESCRIPTORS": str(args.generated / "interop.desc"),
            "NO_PROXY": "*",
            "no_proxy": "*",
            "NODE_NO_WARNINGS": "1",
        }


class Certificates:
    """An authority and a server's certificate for this machine, made anew."""

    def __init__(self, openssl, directory):
        self.ca, self.cert, self.key = directory / "ca.pem", directory / "server.pem", directory / "server.key"
        extensions = directory / "extensions"
        extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        run = lambda *arguments: subprocess.run([openssl, *map(str, arguments)], check=True, capture_output=True, timeout=30)
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        run("req", "-x509", *key, "-keyout", directory / "ca.key", "-out", self.ca, "-days", 2, "-subj", "/CN=interop authority")
        run("req", *key, "-keyout", self.key, "-out", directory / "server.csr", "-subj", "/CN=localhost")
        run("x509", "-req", "-in", directory / "server.csr", "-CA", self.ca, "-CAkey", directory / "ca.key", "-CAcreateserial",
            "-days", 2, "-extfile", extensions, "-out", self.cert)


class Process:
    """A program whose lines can be waited for; what it says on stderr counts as well."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace")
        self.queue, self.said = queue.Queue(), []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.queue.put(line.rstrip("\n"))
        self.queue.put(None)

    def lines(self, seconds):
        """Its lines until it ends; TimeoutError if that takes too long."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self.queue.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"{self.process.args[0]} took over {seconds} s") from None
            if line is None:
                return
            self.said.append(line)
            yield line

    def end(self):
        """Tells it to end, and gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(ENDS_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return f"none: it was still there {ENDS_SECONDS} s after SIGTERM"


def start_server(command, environment, listen):
    """A server that is ready, and the address it named last."""
    server = Process(command + listen, environment)
    wanted, addresses = listen.count("--grpc") + listen.count("--http"), []
    for line in server.lines(STARTS_SECONDS):
        if found := re.match(r"answers on (?:tls:)?(\S+)$", line):
            addresses.append(found[1])
        if len(addresses) == wanted:
            return server, addresses[-1]
    raise RuntimeError(f"{command} did not start: {server.said}")


class Report:
    def __init__(self):
        self.number, self.failed = 0, 0

    def case(self, title, why=None):
        self.number += 1
        self.failed += why is not None
        print(f"{'ok' if why is None else 'not ok'} {self.number} - {title}", flush=True)
        if why is not None:
            print("  #", why, flush=True)


def ends_over(transport, args, directory):
    """The arguments of a server and of a client that meet over `transport`."""
    if transport == "tcp":
        return ["--grpc", "127.0.0.1:0"], []
    socket = ["--grpc", f"unix:{directory}/{args.server}.sock"]
    if transport == "unix":
        return socket, []
    if transport in ("http", "gateway"):
        return [*socket, "--http", "127.0.0.1:0"], ["--web", "1.1"] if transport == "http" else []
    certificates = Certificates(args.openssl, directory)
    return (["--grpc", "127.0.0.1:0", "--tls-cert", str(certificates.cert), "--tls-key", str(certificates.key)],
            ["--tls-ca", str(certificates.ca)])


def run_cases(client, cases, title, report):
    """Reports what a client says of its cases, and those it says nothing of as failed."""
    missing = list(cases)
    try:
        for line in client.lines(CASES_SECONDS):
            found = re.match(r"(ok|not ok) (\w+)(?:: (.*))?$", line)
            if found and found[2] in missing:
                missing.remove(found[2])
                report.case(f"{title}: {found[2]}", found[3] if found[1] == "not ok" else None)
            else:
                print("  #", line)
    except TimeoutError as error:
        print("  #", error)
        client.process.kill()
    for name in missing:
        report.case(f"{title}: {name}", "the client did not report it")


def run_transport(programs, args, transport, directory, report):
    title = f"{args.client} calls {args.server} over {TRANSPORTS[transport]}"
    cases = args.case.split(",") if args.case else cases_of(transport)
    listen, reach = ends_over(transport, args, directory)
    if args.client == "grpc-web" and transport != "http":
        reach += ["--web", "2"]
    server, address = start_server(programs.servers[args.server], programs.environment, listen)
    try:
        client = Process([*programs.clients[args.client], "--server", address, *reach, "--case", ",".join(cases), "--soak", args.soak,
                          "--lacks", ",".join(LACKS.get(args.server, []))], programs.environment)
        run_cases(client, cases, title, report)
    finally:
        code = server.end()
    report.case(f"{title}: ends on SIGTERM", None if code == 0 else f"exit code {code}: {server.said}")


def mark(client, server, case):
    """A cell of the table: what it says when the case passes over each transport of the pair."""
    notes = ""
    if case.startswith("client_compressed") and "compressed_request" in LACKS.get(server, []):
        notes += "¹"
    if case.startswith("server_compressed") and (client in BLIND or "compressed_response" in LACKS.get(server, [])):
        notes += "²"
    if client == "grpc-web" and case in NOT_OVER_HTTP1:
        notes += "³"
    return "✓" + notes


def table():
    """The table of docs/interop.md. It is true as long as the tests pass."""
    rows = [["", *(f"{client} → {server}" for client, server in PAIRS)], ["---"] * (len(PAIRS) + 1)]
    for case in CASES:
        if not case.startswith("code_"):
            rows.append([f"`{case}`", *(mark(client, server, case) for client, server in PAIRS)])
    rows.append(["all 16 codes", *("✓" for _ in PAIRS)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def check_docs(args):
    """What docs/interop.md should contain and does not."""
    text = args.check_docs.read_text()
    if table() not in text:
        yield f"its table should be\n{table()}"
    packages = json.loads((args.source / "js" / "package.json").read_text())["dependencies"]
    for name, version in packages.items():
        if f"`{name}` {version}" not in text:
            yield f"it should say: `{name}` {version}"


def main():
    parser = argparse.ArgumentParser()
    for name in ("bin", "scripts", "generated", "source"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("node", "python", "openssl"):
        parser.add_argument(f"--{name}", default=shutil.which(name))
    parser.add_argument("--transport", choices=TRANSPORTS, action="append")
    parser.add_argument("--case")
    parser.add_argument("--soak", default="10")
    parser.add_argument("--check-docs", type=Path)
    parser.add_argument("client", nargs="?")
    parser.add_argument("server", nargs="?")
    args = parser.parse_args()
    if args.check_docs:
        problems = list(check_docs(args))
        print(*(f"{args.check_docs}: {problem}" for problem in problems), sep="\n")
        return len(problems) != 0
    if (args.client, args.server) not in PAIRS and not args.case:
        parser.error("name a client and a server of " + ", ".join(map(" ".join, PAIRS)))
    programs, report = Programs(args), Report()
    with tempfile.TemporaryDirectory(prefix="interop-") as directory:
        for transport in args.transport or transports_of(args.client, args.server):
            run_transport(programs, args, transport, Path(directory), report)
    return report.failed != 0


if __name__ == "__main__":
    sys.exit(main())
