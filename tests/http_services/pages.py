"""The pages of the magazine: each says which replica gave it. Also events, and a WebSocket that says everything twice."""

import base64
import hashlib
import os

import server

WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


class Pages(server.Handler):
    def do_GET(self):
        if self.path == "/events":
            return self.send_events()
        if self.headers.get("upgrade") == "websocket":
            return self.echo()
        if self.path == "/forwarded":
            told = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-prefix", "forwarded", "traceparent")
            return self.answer("".join(f"{name}: {self.headers.get(name)}\n" for name in told))
        return self.answer(f"page {self.path} of {os.environ['HOLON_SERVICE']}.{os.environ['HOLON_REPLICA']}")

    def do_POST(self):
        self.answer(f"{len(self.body())} bytes for {os.environ['HOLON_SERVICE']}.{os.environ['HOLON_REPLICA']}")

    def send_events(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for number in range(3):
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()
        self.close_connection = True

    def echo(self):
        key = self.headers["sec-websocket-key"] + WEBSOCKET
        self.send_response(101)
        self.send_header("connection", "upgrade")
        self.send_header("upgrade", "websocket")
        self.send_header("sec-websocket-accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.close_connection = True
        while said := self.rfile.read1(100):
            self.wfile.write(said + said)


server.serve(Pages)
