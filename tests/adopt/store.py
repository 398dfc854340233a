"""An HTTP monolith that was there before holon: all pages of a café in one program.

    python3 store.py PORT
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGES = {"orders", "quotes", "staff"}


class Store(BaseHTTPRequestHandler):
    def do_GET(self):
        page = self.path.split("/")[1]
        body = json.dumps({"page": page, "from": "the monolith"}).encode()
        self.send_response(200 if page in PAGES else 404)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Store)
print(f"the monolith answers on port {sys.argv[1]}", flush=True)
server.serve_forever()
