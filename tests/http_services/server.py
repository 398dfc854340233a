"""What both services of the magazine have in common: an HTTP server that knows nothing of holon but PORT, and ends in peace."""

import http.server
import os
import signal
import threading
import time

LINGER_SECONDS = 0.5


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, text, status=200, headers=None):
        body = text.encode()
        self.send_response(status)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def log_message(self, *_):
        pass


def serve(handler):
    """Until SIGTERM: then for a moment longer, as who sends requests is just being told."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), handler)
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ending.wait()
    time.sleep(LINGER_SECONDS)
    server.shutdown()
