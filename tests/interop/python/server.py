"""The interop service by grpcio. It cannot tell whether a request came compressed.

    server.py --grpc ADDR [--tls-cert FILE --tls-key FILE]
"""

import argparse
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

import interop_pb2 as pb
import interop_pb2_grpc as stubs

CODES = {code.value[0]: code for code in grpc.StatusCode}


def echo(context):
    for name, value in context.invocation_metadata():
        if name == "x-grpc-test-echo-initial":
            context.send_initial_metadata(((name, value),))
        if name == "x-grpc-test-echo-trailing-bin":
            context.set_trailing_metadata(((name, value),))


def check(context, request):
    if request.response_status.code:
        context.abort(CODES[request.response_status.code], request.response_status.message)


def answer(context, request):
    for parameters in request.response_parameters:
        if parameters.interval_us:
            time.sleep(parameters.interval_us / 1e6)
        if not parameters.compressed.value:
            context.disable_next_message_compression()
        yield pb.StreamingOutputCallResponse(payload=pb.Payload(body=bytes(parameters.size)))


class TestService(stubs.TestServiceServicer):
    def EmptyCall(self, request, context):
        return pb.Empty()

    def UnaryCall(self, request, context):
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        echo(context)
        check(context, request)
        return pb.SimpleResponse(payload=pb.Payload(body=bytes(request.response_size)))

    def StreamingInputCall(self, requests, context):
        total = sum(len(request.payload.body) for request in requests)
        return pb.StreamingInputCallResponse(aggregated_payload_size=total)

    def StreamingOutputCall(self, request, context):
        context.set_compression(grpc.Compression.Gzip)
        echo(context)
        yield from answer(context, request)
        check(context, request)

    def FullDuplexCall(self, requests, context):
        context.set_compression(grpc.Compression.Gzip)
        echo(context)
        for request in requests:
            check(context, request)
            yield from answer(context, request)

    def HalfDuplexCall(self, requests, context):
        for request in list(requests):
            yield from answer(context, request)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--grpc", required=True)
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    args = parser.parse_args()
    told_to_end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_end.set())
    # Each call holds a thread, those of one batch of many_cancels and those still sleeping for a caller that has gone.
    server = grpc.server(ThreadPoolExecutor(max_workers=64))
    stubs.add_TestServiceServicer_to_server(TestService(), server)
    if args.tls_cert:
        pair = (args.tls_key.read_bytes(), args.tls_cert.read_bytes())
        port = server.add_secure_port(args.grpc, grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port(args.grpc)
    server.start()
    address = args.grpc if args.grpc.startswith("unix:") else f"{args.grpc.rpartition(':')[0]}:{port}"
    print("answers on", address, flush=True)
    told_to_end.wait()
    server.stop(grace=5).wait()


if __name__ == "__main__":
    main()
