"""The front page: asks the pages for what it shows, at the address that its environment names."""

import http.client
import os

import server


class Front(server.Handler):
    def do_GET(self):
        if self.path == "/health":
            return self.answer("well")
        pages = http.client.HTTPConnection(os.environ["PAGES_ADDRESS"], timeout=20)
        pages.request("GET", self.path, headers={"x-forwarded-for": self.headers.get("x-forwarded-for", "nobody")})
        answer = pages.getresponse()
        self.answer("front: " + answer.read().decode(), answer.status)
        pages.close()


server.serve(Front)
