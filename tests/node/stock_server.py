"""A stock gRPC server that knows nothing of holon: Debian's python3-grpcio, no generated code.

It answers probe.Echo/Say, and twin.Asker/Ask by asking probe.Relay/Pass at HOLON_MESH, if it may call others. Messages pass as bytes.
TROUBLE in its environment makes it fail as servers do.
"""
import os
import signal
import subprocess
import sys
import threading
from concurrent import futures

import grpc


def say(request, context):
    """A SayReply (tests/node/probe.proto) with the text asked for, this process, and GREETING."""
    text = request[2 : 2 + request[1]] if request[:1] == b"\x0a" else b""
    greeting = os.environ.get("GREETING", "hello from python").encode()
    return b"\x0a" + bytes([len(text)]) + text + b"\x10" + varint(os.getpid()) + b"\x1a" + bytes([len(greeting)]) + greeting


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


class Asker:
    """Asks by one channel, made once, as any client does."""

    def __init__(self, mesh):
        self.relay = grpc.insecure_channel(mesh).unary_unary("/probe.Relay/Pass")

    def ask(self, request, context):
        try:
            return self.relay(request, timeout=context.time_remaining())
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())


def check_health(request, context):
    return b"\x08\x01"  # SERVING


def handlers():
    methods = {"probe.Echo": {"Say": say}}
    if os.environ.get("TROUBLE") != "no health":
        methods["grpc.health.v1.Health"] = {"Check": check_health}
    if "HOLON_MESH" in os.environ:
        methods["twin.Asker"] = {"Ask": Asker(os.environ["HOLON_MESH"]).ask}
    return [
        grpc.method_handlers_generic_handler(
            service, {name: grpc.unary_unary_rpc_method_handler(method) for name, method in of_service.items()}
        )
        for service, of_service in methods.items()
    ]


def main():
    trouble = os.environ.get("TROUBLE", "")
    if trouble == "exit":
        print("the cellar is flooded", flush=True)
        sys.exit(3)
    if trouble == "grandchild":  # that outlives it, if nobody ends its group
        child = subprocess.Popen(["sleep", "1000"])
        print("grandchild", child.pid, flush=True)
    if trouble == "hunger":
        print("eating", len(b"x" * (1 << 30)), flush=True)
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers(handlers())
    if server.add_insecure_port("127.0.0.1:" + os.environ["PORT"]) == 0:
        sys.exit("cannot listen on " + os.environ["PORT"])
    server.start()
    print("data is in", os.environ["HOLON_DATA"], "replica", os.environ["HOLON_REPLICA"], flush=True)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    ended.wait()
    server.stop(grace=2).wait()


main()
