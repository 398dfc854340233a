"""The sides of the calls' benchmarks: holon, and grpc++ by each of its two interfaces."""

import contextlib
import shutil
import subprocess
import sys
from dataclasses import dataclass

from benches.programs import built, free_port, serving

TRANSPORTS = ("tcp", "unix", "tls")


@dataclass(frozen=True)
class Side:
    """How it is started. "{tcp}", "{unix}", "{tls}" are its addresses, "{cert}" and "{key}" the files of its certificate."""
    title: str
    server: tuple
    client: tuple


HOLON_SERVER = ("rpc_holon_server", "--holon-listen={tcp}", "--holon-listen={unix}", "--holon-listen={tls}",
                "--holon-tls-cert={cert}", "--holon-tls-key={key}")
GRPC_ADDRESSES = ("--tls-cert={cert}", "--tls-key={key}", "{tcp}", "{unix}", "{tls}")
SIDES = {
    "holon": Side("holon", (*HOLON_SERVER, "--holon-loops=1"), ("rpc_holon_client",)),
    "callback": Side("grpc++ callback", ("rpc_grpc_server", "callback", *GRPC_ADDRESSES), ("rpc_grpc_client", "--api=callback")),
    "queue": Side("grpc++ queue", ("rpc_grpc_server", "queue", *GRPC_ADDRESSES), ("rpc_grpc_client", "--api=queue")),
}
TWO_LOOPS = Side("holon", (*HOLON_SERVER, "--holon-loops=2"), ())


@dataclass(frozen=True)
class Server:
    pid: int
    addresses: dict  # by transport
    roots: str


def sides():
    """The names of those that are there: grpc++ only where it is installed."""
    return [name for name, side in SIDES.items() if built(side.server[0])]


def peer_names():
    return [name for name in sides() if name != "holon"]


def make_certificate(folder):
    """A key, and a certificate that it signed itself: for this run, this machine."""
    if shutil.which("openssl") is None:
        sys.exit("openssl is not here, which makes the certificate; install it, please: apt-get install openssl")
    cert, key = f"{folder}/cert.pem", f"{folder}/key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    return cert, key


@contextlib.contextmanager
def running(name, side, folder, cert, key):
    addresses = {"tcp": f"127.0.0.1:{free_port()}", "unix": f"unix:{folder}/{name.replace(' ', '-')}.sock",
                 "tls": f"tls:127.0.0.1:{free_port()}"}
    program, *arguments = side.server
    command = [built(program), *(part.format(**addresses, cert=cert, key=key) for part in arguments)]
    with serving(command, addresses["unix"]) as process:
        yield Server(process.pid, addresses, cert)


@contextlib.contextmanager
def running_sides(folder, names=None):
    """{name: Server} of all sides, and "two loops"."""
    cert, key = make_certificate(folder)
    wanted = {**{name: SIDES[name] for name in sides()}, "two loops": TWO_LOOPS}
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(running(name, side, folder, cert, key)) for name, side in wanted.items()
               if names is None or name in names}


def client_command(client, server, transport, in_flight, seconds, options):
    """A client of side `client` against `server`, which may be another side's."""
    program, *own = SIDES[client].client
    if transport == "tls":
        options = {**options, "roots": server.roots}
    return [built(program), server.addresses[transport], in_flight, seconds, *own,
            *(f"--{name}={value}" for name, value in options.items()), server.pid]
