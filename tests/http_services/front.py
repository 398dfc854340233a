"""The front page: asks the pages for what it shows, through the mesh."""

import http.client
import os

import server


class Front(server.Handler):
    def do_GET(self):
        if self.path == "/health":
            return self.answer("well")
        pages = http.client.HTTPConnection(os.environ["HOLON_MESH"], timeout=20)
        for_whom = self.headers.get("x-forwarded-for", "nobody")
        pages.request("GET", self.path, headers={"host": "pages", "x-forwarded-for": for_whom})
        answer = pages.getresponse()
        self.answer("front: " + answer.read().decode(), answer.status)
        pages.close()


server.serve(Front)
