"""grpcio as a client of the interop service: the cases of the public gRPC interop description, and a few of our own.

    client.py --server ADDR [--tls-ca FILE] [--case all|NAME,…] [--lacks FEATURE,…] [--soak COUNT]

It prints a line per case: `ok NAME`, or `not ok NAME: WHY`. grpcio cannot tell whether a message came compressed.
"""

import argparse
import os
import sys
import threading
import time

import grpc

import interop_pb2 as pb
import interop_pb2_grpc as stubs

PATIENCE = 20
REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]
ECHOED = (("x-grpc-test-echo-initial", "test_initial_metadata_value"), ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"))
GZIP = grpc.Compression.Gzip


class Peer:
    """A channel, and stubs on it."""

    def __init__(self, address, ca):
        self.where = (address, ca)
        options = [("grpc.use_local_subchannel_pool", 1)]
        if ca:
            with open(ca, "rb") as file:
                self.channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(file.read()), options)
        else:
            self.channel = grpc.insecure_channel(address, options)
        self.stub = stubs.TestServiceStub(self.channel)

    def fresh(self):
        return Peer(*self.where)


class Outgoing:
    """The requests of a stream, handed over one by one; `written` counts those that grpcio has asked for."""

    def __init__(self):
        self.items, self.ended, self.written = [], False, 0
        self.changed = threading.Condition()

    def write(self, *messages):
        with self.changed:
            self.items += messages
            self.changed.notify()

    def end(self):
        with self.changed:
            self.ended = True
            self.changed.notify()

    def __iter__(self):
        return self

    def __next__(self):
        with self.changed:
            self.changed.wait_for(lambda: self.items or self.ended, timeout=PATIENCE)
            if not self.items:
                raise StopIteration
            self.written += 1
            return self.items.pop(0)


def equal(value, expected):
    if value != expected:
        raise AssertionError(f"{value!r} should be {expected!r}")


def ends_with(call, code, details=None):
    """Waits for the end of a call."""
    equal(call.code().value[0], code)
    if details is not None:
        equal(call.details(), details)


def zeros(size):
    return pb.Payload(body=bytes(size))


def large(**more):
    return pb.SimpleRequest(response_size=314159, payload=zeros(271828), **more)


def ping(response_size, request_size, **parameters):
    parameters = pb.ResponseParameters(size=response_size, **parameters)
    return pb.StreamingOutputCallRequest(response_parameters=[parameters], payload=zeros(request_size))


def calls_large(peer, request=None, **options):
    reply, call = peer.stub.UnaryCall.with_call(request or large(), timeout=PATIENCE, **options)
    equal(len(reply.payload.body), 314159)
    return call


def sizes(stream):
    return [len(reply.payload.body) for reply in stream]


def duplex(peer, *requests, end=True, timeout=PATIENCE, **options):
    outgoing = Outgoing()
    outgoing.write(*requests)
    if end:
        outgoing.end()
    return outgoing, peer.stub.FullDuplexCall(outgoing, timeout=timeout, **options)


def upload(peer, messages, total, **options):
    reply = peer.stub.StreamingInputCall(iter(messages), timeout=PATIENCE, **options)
    equal(reply.aggregated_payload_size, total)


def empty_unary(peer, args):
    equal(peer.stub.EmptyCall(pb.Empty(), timeout=PATIENCE), pb.Empty())


def large_unary(peer, args):
    calls_large(peer)


def client_streaming(peer, args):
    upload(peer, [pb.StreamingInputCallRequest(payload=zeros(size)) for size in REQUEST_SIZES], 74922)


def server_streaming(peer, args):
    parameters = [pb.ResponseParameters(size=size) for size in RESPONSE_SIZES]
    request = pb.StreamingOutputCallRequest(response_parameters=parameters)
    equal(sizes(peer.stub.StreamingOutputCall(request, timeout=PATIENCE)), RESPONSE_SIZES)


def ping_pong(peer, args):
    outgoing, call = duplex(peer, end=False)
    for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        outgoing.write(ping(response_size, request_size))
        equal(len(next(call).payload.body), response_size)
    outgoing.end()
    equal(list(call), [])
    ends_with(call, 0)


def empty_stream(peer, args):
    _, call = duplex(peer)
    equal(list(call), [])
    ends_with(call, 0)


def cancel_after_begin(peer, args):
    outgoing = Outgoing()
    call = peer.stub.StreamingInputCall.future(outgoing, timeout=PATIENCE)
    call.cancel()
    outgoing.end()
    ends_with(call, 1)


def cancel_after_first_response(peer, args):
    outgoing, call = duplex(peer, ping(31415, 27182), end=False)
    equal(len(next(call).payload.body), 31415)
    call.cancel()
    outgoing.end()
    ends_with(call, 1)


def timeout_on_sleeping_server(peer, args):
    outgoing, call = duplex(peer, ping(31415, 27182, interval_us=1_000_000), end=False, timeout=0.001)
    ends_with(call, 4)
    outgoing.end()


def has_status(peer, code, message):
    try:
        peer.stub.UnaryCall(pb.SimpleRequest(response_status=pb.EchoStatus(code=code, message=message)), timeout=PATIENCE)
    except grpc.RpcError as call:
        ends_with(call, code, message)
    else:
        raise AssertionError("the call succeeded")


def stream_has_status(peer, code, message):
    request = pb.StreamingOutputCallRequest(response_status=pb.EchoStatus(code=code, message=message))
    _, call = duplex(peer, request)
    ends_with(call, code, message)


def status_code_and_message(peer, args):
    has_status(peer, 2, "test status message")
    stream_has_status(peer, 2, "test status message")


def special_status_message(peer, args):
    has_status(peer, 2, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")


def unimplemented_method(peer, args):
    ends_with(peer.stub.UnimplementedCall.future(pb.Empty(), timeout=PATIENCE), 12)


def unimplemented_service(peer, args):
    stub = stubs.UnimplementedServiceStub(peer.channel)
    ends_with(stub.UnimplementedCall.future(pb.Empty(), timeout=PATIENCE), 12)


def echoes(call):
    equal(dict(call.initial_metadata()).get(ECHOED[0][0]), ECHOED[0][1])
    equal(dict(call.trailing_metadata()).get(ECHOED[1][0]), ECHOED[1][1])


def custom_metadata(peer, args):
    echoes(calls_large(peer, metadata=ECHOED))
    _, call = duplex(peer, ping(314159, 271828), metadata=ECHOED)
    equal(sizes(call), [314159])
    echoes(call)


def client_compressed_unary(peer, args):
    expecting = large(expect_compressed=pb.BoolValue(value=True))
    if "compressed_request" not in args.lacks:
        ends_with(peer.stub.UnaryCall.future(expecting, timeout=PATIENCE), 3)
    calls_large(peer, expecting, compression=GZIP)
    calls_large(peer, large(expect_compressed=pb.BoolValue(value=False)))


# grpcio compresses a whole stream or nothing; but its core sends what does not shrink as it is.
def client_compressed_streaming(peer, args):
    def message(expected, body):
        return pb.StreamingInputCallRequest(expect_compressed=pb.BoolValue(value=expected), payload=pb.Payload(body=body))

    if "compressed_request" not in args.lacks:
        ends_with(peer.stub.StreamingInputCall.future(iter([message(True, bytes(27182))]), timeout=PATIENCE), 3)
    upload(peer, [message(True, bytes(27182)), message(False, os.urandom(45904))], 73086, compression=GZIP)


def server_compressed_unary(peer, args):
    for value in (True, False):
        calls_large(peer, large(response_compressed=pb.BoolValue(value=value)))


def server_compressed_streaming(peer, args):
    parameters = [pb.ResponseParameters(size=size, compressed=pb.BoolValue(value=value))
                  for size, value in ((31415, True), (92653, False))]
    request = pb.StreamingOutputCallRequest(response_parameters=parameters)
    equal(sizes(peer.stub.StreamingOutputCall(request, timeout=PATIENCE)), [31415, 92653])


def parallel_calls(peer, args):
    requests = [pb.SimpleRequest(response_size=number * 10, payload=zeros(number)) for number in range(200)]
    calls = [peer.stub.UnaryCall.future(request, timeout=PATIENCE) for request in requests]
    equal([len(call.result().payload.body) for call in calls], [request.response_size for request in requests])


def many_cancels(peer, args):
    for _ in range(10):
        begun = [duplex(peer, ping(10, 10), end=False) for _ in range(50)]
        for outgoing, call in begun:
            next(call)  # gRPC's core may reset a stream that it has not opened yet, which ends its connection (RFC 9113, 5.1)
            call.cancel()
            outgoing.end()
        for _, call in begun:
            ends_with(call, 1)
    empty_unary(peer, args)


def stands_still(count):
    """Waits until `count()` stood still for 200 ms."""
    end = time.monotonic() + 10
    last, still = count(), 0
    while still < 4:
        time.sleep(0.05)
        still = still + 1 if count() == last else 0
        last = count()
        if time.monotonic() > end:
            raise AssertionError("never stood still")


# Nobody reads, so the server must stop answering, then reading, and so the client stops writing; and then all arrives.
def back_pressure(peer, args):
    total, size = 300, 65536
    outgoing, call = duplex(peer, *[ping(size, size)] * total)
    stands_still(lambda: outgoing.written)
    if outgoing.written == total:
        raise AssertionError(f"all {total} messages were taken though nobody reads")
    empty_unary(peer, args)
    equal(sizes(call), [size] * total)


def message_over_limit(peer, args):
    ends_with(peer.stub.UnaryCall.future(pb.SimpleRequest(payload=zeros(5 << 20)), timeout=PATIENCE), 8)
    empty_unary(peer, args)


def rpc_soak(peer, args):
    for _ in range(args.soak):
        calls_large(peer)


def channel_soak(peer, args):
    for _ in range(args.soak):
        fresh = peer.fresh()
        calls_large(fresh)
        fresh.channel.close()


def has_code(code):
    def case(peer, args):
        has_status(peer, code.value[0], "says " + code.name)
        stream_has_status(peer, code.value[0], "says " + code.name)
    return case


CASES = {case.__name__: case for case in (
    empty_unary, large_unary, client_streaming, server_streaming, ping_pong, empty_stream, cancel_after_begin,
    cancel_after_first_response, timeout_on_sleeping_server, status_code_and_message, special_status_message,
    unimplemented_method, unimplemented_service, custom_metadata, client_compressed_unary, client_compressed_streaming,
    server_compressed_unary, server_compressed_streaming, parallel_calls, many_cancels, back_pressure, message_over_limit,
    rpc_soak, channel_soak)}
CASES.update({f"code_{code.name}": has_code(code) for code in grpc.StatusCode if code is not grpc.StatusCode.OK})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--tls-ca")
    parser.add_argument("--case", default="all")
    parser.add_argument("--lacks", default="")
    parser.add_argument("--soak", type=int, default=10)
    args = parser.parse_args()
    args.lacks = args.lacks.split(",")
    peer = Peer(args.server, args.tls_ca)
    failed = False
    for name in CASES if args.case == "all" else args.case.split(","):
        try:
            CASES[name](peer, args)
            print("ok", name, flush=True)
        except Exception as error:  # whatever a case ends with is how it failed
            failed = True
            print(f"not ok {name}: {type(error).__name__}: {error}".replace("\n", " "), flush=True)
    peer.channel.close()
    return failed


if __name__ == "__main__":
    sys.exit(main())
