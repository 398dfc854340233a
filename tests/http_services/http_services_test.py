"""Runs the example of docs/proxy.md: services that speak plain HTTP, replicated, behind the gateway and called by each other.

    http_services_test.py --bin DIR
"""

import contextlib
import http.client
import os
import signal
import socket
import time

import magazine
from magazine import Load, WAIT_SECONDS_MAX


class HttpServices(magazine.Magazine):
    def test_all_replicas_answer(self):
        self.up()
        for path in ("/pages/a", "/front"):
            self.assertEqual(set(self.who_answers(path, 60)), {"pages.0", "pages.1", "pages.2"})
        self.assertTrue(self.ask("/pages/a?b=c").startswith("page /a?b=c of pages."))

    def test_a_replica_that_is_killed_costs_nothing_and_comes_back(self):
        self.up()
        before = self.host("pages.1")
        with Load(self.port, "GET", "/pages/a") as by_gateway, Load(self.port, "GET", "/b", threads=2) as by_address:
            self.until(lambda: by_gateway.answers["pages.1"] > 20 and by_address.answers["pages.1"] > 2, "no load")
            os.kill(before["pid"], signal.SIGKILL)
            self.until(lambda: self.host("pages.1")["state"] == "ready" and self.host("pages.1")["pid"] != before["pid"],
                       "pages.1 did not start again")
            seen = by_gateway.answers["pages.1"], by_address.answers["pages.1"]
            self.until(lambda: by_gateway.answers["pages.1"] > seen[0] + 20 and by_address.answers["pages.1"] > seen[1] + 2,
                       "pages.1 got no requests")
        self.assertEqual(by_gateway.failures + by_address.failures, [])
        self.assertEqual(self.host("front.0")["restarts"], 0)

    def test_a_rolling_restart_loses_no_request(self):
        self.up()
        with Load(self.port, "POST", "/pages/a") as load:
            self.until(lambda: len(load.answers) == 3, "no load")
            self.holon("restart", "pages")
        self.assertEqual(load.failures, [])
        self.assertEqual(set(load.answers), {"pages.0", "pages.1", "pages.2"})

    def test_faults_hit_requests_to_them(self):
        self.up()
        self.holon("fault", "add", "--from", "front", "--to", "pages", "--method", "GET", "--abort", "unavailable",
                   "--metadata", "x-forwarded-for=127.0.0.1")
        self.until(lambda: "fault 1" in self.ask("/front"), "no fault")
        self.assertIn("503", self.ask("/front"))
        self.assertTrue(self.ask("/pages/a").startswith("page "), "whom the gateway asks for others")
        self.assertRegex(self.holon("calls"), r"front +pages/\* +remote .* [1-9]\d*\n")
        self.holon("fault", "remove", "--all")
        self.until(lambda: self.ask("/front").startswith("front: page"), "the fault stays")

        self.holon("fault", "add", "--from", "gateway", "--to", "pages", "--reset")
        self.until(lambda: self.is_cut_off("/pages/lost"), "no reset")
        self.holon("fault", "remove", "--all")
        self.holon("fault", "add", "--to", "pages", "--delay", "300ms")
        self.until(lambda: self.seconds_of("/pages/a") >= 0.3, "no delay")

    def is_cut_off(self, path):
        try:
            self.ask(path)
        except (http.client.HTTPException, ConnectionError):
            return True
        return False

    def seconds_of(self, path):
        began = time.monotonic()
        self.ask(path)
        return time.monotonic() - began

    def test_requests_wait_for_the_only_replica(self):
        self.up()
        self.holon("scale", "pages=1")
        self.until(lambda: set(self.who_answers("/pages/a", 10)) == {"pages.0"}, "others answer")
        with Load(self.port, "POST", "/pages/a", threads=2) as load:
            self.until(lambda: load.answers["pages.0"] > 20, "no load")
            self.holon("restart", "pages")
        self.assertEqual(load.failures, [])

    def websocket(self, port, path):
        with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS_MAX)) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nhost: magazine\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
                               "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
            said = b""
            while not said.endswith(b"\r\n\r\n"):
                said += connection.recv(1)
            connection.sendall(b"hello")
            echo = b""
            while len(echo) < 10:
                echo += connection.recv(10)
            return said.split(b"\r\n")[0], echo

    def test_events_and_websockets_pass(self):
        self.up()
        self.assertEqual(self.ask("/pages/events"), "data: 0\n\ndata: 1\n\ndata: 2\n\n")
        self.assertEqual(self.ask("/events"), "front: data: 0\n\ndata: 1\n\ndata: 2\n\n")
        self.assertEqual(self.websocket(self.port, "/pages/chat"), (b"HTTP/1.1 101 Switching Protocols", b"hellohello"))

    def test_a_caller_may_say_for_whom_it_asks(self):
        self.up()
        self.assertIn("x-forwarded-for: 127.0.0.1\n", self.ask("/pages/forwarded"))
        self.assertIn("x-forwarded-prefix: /pages\n", self.ask("/pages/forwarded", {"x-forwarded-for": "192.0.2.1"}))
        self.assertIn("x-forwarded-for: 127.0.0.1\n", self.ask("/forwarded", {"x-forwarded-for": "192.0.2.1"}))
        self.write("gateway:\n", "gateway:\n  trusted_proxies: [127.0.0.1]\n")
        self.holon("reload")
        self.assertIn("x-forwarded-for: 192.0.2.1\n", self.ask("/forwarded", {"x-forwarded-for": "192.0.2.1"}))

    def test_weights_and_headers_choose_among_services(self):
        self.write('    - {path: "/**", to: {service: front}}\n', """    - {path: "/**", headers: {x-new: "1"}, to: {service: front}}
    - {path: "/**", to: {weighted: [{weight: 1, service: pages}, {weight: 1, answer: "text of nobody"}]}}
""")
        self.up()
        self.assertTrue(self.ask("/a", {"x-new": "1"}).startswith("front: page /a"))
        self.assertEqual({who.split(".")[0] for who in self.who_answers("/a", 60)}, {"pages", "nobody"})

    def test_what_is_no_http_service_is_refused_at_its_line(self):
        self.write("{service: front}", "{service: frnt}")
        self.assertIn("holon.yaml:17:35: there is no service frnt; did you mean front?", self.holon("up", expected=1))
        self.write("{service: frnt}", "{service: cart}")
        self.write("gateway:\n", "  cart: {program: bin/cart}\ngateway:\n")
        self.assertIn("holon.yaml:18:35: cart speaks gRPC, which routes reach by its contract: write `to: contracts`; "
                      "`service:` is for those with `protocol: http`", self.holon("up", expected=1))

    def test_a_reload_leads_to_services_that_run(self):
        self.write("    - {path: \"/pages/**\", to: {service: pages, strip_prefix: /pages}}\n", "")
        self.up()
        self.assertIn("front: ", self.ask("/pages/a"))
        self.write("  routes:\n", "  routes:\n    - {path: \"/pages/**\", to: {service: pages}}\n")
        self.holon("reload")
        self.assertIn("page /pages/a", self.ask("/pages/a"))
        self.write("gateway:\n", "  late: {command: [/usr/bin/python3, pages.py], protocol: http}\ngateway:\n")
        self.write("to: {service: pages}", "to: {service: late}")
        self.assertIn("a route leads to late, which does not run yet", self.holon("reload", expected=1))
        self.assertIn("page /pages/a", self.ask("/pages/a"))


if __name__ == "__main__":
    magazine.main()
