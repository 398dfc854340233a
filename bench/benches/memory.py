"""What a server keeps for a connection without a call, and for a call that waits.

Connections by Unix sockets, each of which has had one call, from a client of a few lines of HTTP/2: it costs the same on all
sides, and needs no thousands of client objects.
"""

import socket
import struct

from benches.application import private_bytes
from benches.peers import running_sides

CONNECTIONS, CALLS, CALLS_PER_CONNECTION = 2_000, 5_000, 100
DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
ACK = END_STREAM = 1
END_HEADERS = 4
REQUEST = b"\0" + struct.pack(">I", 2) + b"\x08\x01"  # a gRPC message: EchoMessage{id: 1}


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def text(value):
    return bytes((len(value),)) + value.encode()


def call(stream, method):
    """Both frames of a call; RFC 7541 by hand: indexed fields, then literals without indexing."""
    fields = (b"\x83\x86\x04" + text(f"/bench.Echo/{method}") + b"\x01" + text("localhost")
              + b"\x0f\x10" + text("application/grpc") + b"\0" + text("te") + text("trailers")
              + b"\0" + text("grpc-timeout") + text("1H"))
    return frame(HEADERS, END_HEADERS, stream, fields) + frame(DATA, END_STREAM, stream, REQUEST)


class Connection:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)
        self.received = b""
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0) + call(1, "Echo"))
        self.read_until(lambda kind, flags, stream: kind == HEADERS and stream == 1 and flags & END_STREAM)

    def read_until(self, wanted):
        """Reads frames, and acknowledges, up to one that is `wanted(kind, flags, stream)`."""
        while True:
            while len(self.received) < 9 or len(self.received) < 9 + int.from_bytes(self.received[:3], "big"):
                more = self.socket.recv(65536)
                if not more:
                    raise ConnectionError("the server closed the connection")
                self.received += more
            length, kind, flags = int.from_bytes(self.received[:3], "big"), self.received[3], self.received[4]
            stream = int.from_bytes(self.received[5:9], "big") & 0x7FFFFFFF
            payload, self.received = self.received[9:9 + length], self.received[9 + length:]
            if kind in (SETTINGS, PING) and not flags & ACK:
                self.socket.sendall(frame(kind, ACK, 0, payload if kind == PING else b""))
            if wanted(kind, flags, stream):
                return

    def wait_with(self, calls):
        """Begins so many calls that wait, and returns once the server has taken them all."""
        self.socket.sendall(b"".join(call(3 + 2 * i, "Wait") for i in range(calls)) + frame(PING, 0, 0, b"12345678"))
        self.read_until(lambda kind, flags, stream: kind == PING and flags & ACK)


def measure_server(server, waits):
    path = server.addresses["unix"].removeprefix("unix:")
    open_ones = [Connection(path) for _ in range(50)]  # what is made once is made
    before = private_bytes(server.pid)
    open_ones += [Connection(path) for _ in range(CONNECTIONS)]
    idle = private_bytes(server.pid)
    result = {"connection_kb": (idle - before) / CONNECTIONS / 1e3}
    if waits:
        for connection in open_ones[:CALLS // CALLS_PER_CONNECTION]:
            connection.wait_with(CALLS_PER_CONNECTION)
        result["call_kb"] = (private_bytes(server.pid) - idle) / CALLS / 1e3
    for connection in open_ones:
        connection.socket.close()
    return result


def measure_memory(folder, quick):
    """{side: {"connection_kb", "call_kb"}}, each with servers that have done nothing else. As often as it takes: once."""
    del quick
    with running_sides(folder, ("holon", "callback", "queue")) as servers:
        return {name: measure_server(server, waits=name != "queue") for name, server in servers.items()}
