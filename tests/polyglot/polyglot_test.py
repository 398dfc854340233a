"""The whole shop in its placement polyglot: ads in Node.js, recommendation in Python and, where Go is, shipping in Go answer
the services in C++ and call them; one that is killed is started again.

    polyglot_test.py --bin DIR --shop DIR [--overlay NAME]
"""

import argparse
import http.cookiejar
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

ARGUMENTS = None
SHOP = None
COMMAND_SECONDS_MAX = 90
RESTART_SECONDS_MAX = 30
TWINS = {"ads.0": "shop.Ads", "recommendation.0": "shop.Recommendation", "shipping.0": "shop.Shipping"}
ORDER = {"email": "ada@example.com", "name": "Ada Lovelace", "street": "Am Markt 1", "zip": "28195", "city": "Bremen",
         "country": "DE", "card_number": "4432 8015 6152 0454", "card_month": "1", "card_year": "2099", "verification": "672"}


def setUpModule():
    global SHOP
    SHOP = Shop()
    unittest.addModuleCleanup(SHOP.stop)
    SHOP.holon("up", "--detach", "--wait", "--placement", "polyglot", "--port", str(SHOP.port), "--bin", ARGUMENTS.bin,
               *(["--overlay", ARGUMENTS.overlay] if ARGUMENTS.overlay else []))


class Shop:
    """In a folder of its own, so that its data is its own too."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="holon-polyglot-"))
        for file in ARGUMENTS.shop.glob("holon*.yaml"):
            shutil.copy(file, self.folder)
        (self.folder / "twins").symlink_to(ARGUMENTS.shop / "twins")
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = listening.getsockname()[1]

    def holon(self, *arguments):
        done = subprocess.run([ARGUMENTS.bin / "bin" / "holon", *arguments], cwd=self.folder, capture_output=True, text=True,
                              timeout=COMMAND_SECONDS_MAX, check=False)
        if done.returncode != 0:
            raise AssertionError(f"holon {' '.join(map(str, arguments))}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def stop(self):
        self.holon("down")
        shutil.rmtree(self.folder)

    def host(self, name):
        return next(host for host in json.loads(self.holon("ps", "--json"))["hosts"] if host["host"] == name)

    def calls(self):
        """How often which service called which method so far."""
        counts = {}
        for host in json.loads(self.holon("calls", "--json"))["hosts"]:
            for call in host.get("calls", []):
                edge = call["caller"], call["method"]
                counts[edge] = counts.get(edge, 0) + int(call["count"])
        return counts


class Visitor:
    def __init__(self):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def open(self, path, form=None):
        """The page, and where it lies after redirections."""
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(f"http://127.0.0.1:{SHOP.port}{path}", data, timeout=20) as page:
            return page.read().decode(), urllib.parse.urlsplit(page.geturl()).path


class Polyglot(unittest.TestCase):
    def test_twins_are_commands_beside_programs(self):
        self.assertEqual(SHOP.host("ads.0")["kind"], "command")
        self.assertEqual(SHOP.host("recommendation.0")["kind"], "command")
        self.assertEqual(SHOP.host("shipping.0")["kind"], "program" if ARGUMENTS.overlay else "command")
        self.assertEqual(SHOP.host("catalog.0")["kind"], "program")
        for name, contract in TWINS.items():
            self.assertEqual(SHOP.host(name)["services"], [contract])

    def test_a_page_is_made_by_all_languages(self):
        before = SHOP.calls()
        page, _ = Visitor().open("/product/mug-01")
        self.assertIn("/product/", page)
        after = SHOP.calls()
        for edge in (("shop.Frontend", "shop.Ads/GetAds"),  # C++ calls Node.js
                     ("shop.Frontend", "shop.Recommendation/ListRecommendations"),  # C++ calls Python
                     ("shop.Recommendation", "shop.Catalog/ListProducts")):  # Python calls C++
            self.assertGreater(after.get(edge, 0), before.get(edge, 0), edge)

    def test_an_order_is_shipped_and_stays_when_its_twin_restarts(self):
        visitor = Visitor()
        visitor.open("/cart", {"product": "lamp-01", "quantity": "2"})
        page, where = visitor.open("/checkout", ORDER)
        self.assertRegex(where, r"^/orders/.+")
        self.assertIn("Thank you, Ada Lovelace.", page)
        before = SHOP.host("shipping.0")["pid"]
        SHOP.holon("restart", "shipping")
        self.await_another("shipping.0", before)
        self.assertIn("HL-DE-", visitor.open(where)[0])

    def test_a_twin_that_is_killed_is_started_again(self):
        for name in TWINS:
            with self.subTest(name):
                before = SHOP.host(name)["pid"]
                os.kill(before, signal.SIGKILL)
                self.await_another(name, before)
                self.assertEqual(SHOP.host(name)["cause"], "signal 9 (Killed)")
        page, _ = Visitor().open("/product/mug-01")
        self.assertIn("/product/", page)

    def await_another(self, name, before):
        until = time.monotonic() + RESTART_SECONDS_MAX
        while (host := SHOP.host(name))["state"] != "ready" or host["pid"] == before:
            self.assertLess(time.monotonic(), until, host)
            time.sleep(0.1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--shop", type=pathlib.Path, required=True)
    parser.add_argument("--overlay")
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
