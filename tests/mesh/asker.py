"""A caller in another language: Debian's python3-grpcio, which knows nothing of holon, asks chain.Five at FIVE_ADDRESS, call after call.

It says "asked N" after each hundred, and why a call failed. Over HTTP, at PORT, it tells that it lives.
"""
import http.server
import os
import threading

import grpc


def ask_forever():
    five = grpc.insecure_channel(os.environ["FIVE_ADDRESS"]).unary_unary("/chain.Five/Ask")
    asked = 0
    while True:
        try:
            five(b"", timeout=10)
        except grpc.RpcError as error:
            print("failed:", error.code().name, error.details(), flush=True)
        asked += 1
        if asked % 100 == 0:
            print("asked", asked, flush=True)


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


threading.Thread(target=ask_forever, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Health).serve_forever()
