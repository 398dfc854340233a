"""Pages whose mood a test sets at each replica: PUT /mood, with the status that all get, its headers, and for how long it takes."""

import json
import os
import time

import server

MOOD = {"status": 200, "seconds": 0, "headers": {}}
NAME = f"{os.environ['HOLON_SERVICE']}.{os.environ['HOLON_REPLICA']}"


class Moody(server.Handler):
    def do_GET(self):
        if self.path == "/health":
            return self.answer("well")
        time.sleep(MOOD["seconds"])
        self.answer(f"page {self.path} of {NAME}", MOOD["status"], MOOD["headers"])

    def do_POST(self):
        self.body()
        self.do_GET()

    def do_PUT(self):
        MOOD.update(json.loads(self.body()))
        self.answer("so be it")


server.serve(Moody)
