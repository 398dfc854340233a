"""The gateway beside nginx and haproxy: the same server behind each, the same load before each, taking turns.

`proxy_cpu_us` is the CPU time that a proxied request takes in the proxy's own processes; `json_cpu_us` that of a request that the
gateway turns into a gRPC call, and its reply into JSON of the same size, beside nginx's plain proxying.
"""

import contextlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from benches.application import holon_up, hosts_of
from benches.figure import Figure, medians
from benches.programs import answers, built, free_port, output_of, serving, wait_until

TOGETHER = 64
JSON = '{"id":"7","name":"Teapot with a long spout","priceCents":"1995","tags":["kitchen","gift"]}'
PLAIN_TARGET = "/plain/7"
JSON_TARGET = "/v1/products/7"

NGINX = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {http}
}}
"""
UPSTREAM = """server {{ listen 127.0.0.1:{port} backlog=4096; default_type application/json; location / {{ return 200 '{body}'; }} }}"""
NGINX_PROXY = """
  upstream plain {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://plain; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Request-Id $request_id;
    }}
  }}
"""
HAPROXY = """
global
  nbthread 2
  maxconn 8192
defaults
  mode http
  timeout connect 3s
  timeout client 600s
  timeout server 30s
  http-reuse always
frontend door
  bind 127.0.0.1:{port}
  option forwardfor
  unique-id-format %[uuid()]
  unique-id-header X-Request-Id
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  default_backend plain
backend plain
  server one 127.0.0.1:{upstream}
"""
YAML = """
app: bench
services:
  products: {{program: bin/bench/gateway_products}}
gateway:
  listen: "127.0.0.1:{port}"
  access_log: off
  routes:
    - {{path: "/plain/**", to: {{http: "http://127.0.0.1:{upstream}"}}}}
    - {{path: "/**", to: contracts}}
"""


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def family(pid):
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def cpu_seconds(pids):
    """User and system time of processes so far (proc(5), stat: fields 14 and 15)."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def nginx(folder, http, port):
    folder.mkdir()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, http=http))
    with serving([program("nginx"), "-c", config, "-p", folder], f"127.0.0.1:{port}") as process:
        yield process.pid


@contextlib.contextmanager
def haproxy(folder, upstream, port):
    folder.mkdir()
    config = folder / "haproxy.cfg"
    config.write_text(HAPROXY.format(port=port, upstream=upstream))
    with serving([program("haproxy"), "-db", "-f", config], f"127.0.0.1:{port}") as process:
        yield process.pid


@contextlib.contextmanager
def holon(folder, upstream, port):
    """Runs the gateway and its service as a user does; gives the gateway's pid."""
    with holon_up(folder, YAML.format(port=port, upstream=upstream)):
        wait_until(lambda: answers(f"127.0.0.1:{port}"), "the gateway does not answer")
        yield next(host["pid"] for host in hosts_of(folder) if host["host"].startswith("gateway."))


def microseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(value) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]


def load(port, target, connections, seconds, pids):
    """wrk's view, and what the proxy's processes took meanwhile."""
    before = cpu_seconds(pids)
    text = output_of([program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}{target}"])
    took = cpu_seconds(pids) - before
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"wrk on port {port}:\n{text}")
    requests = int(re.search(r"(\d+) requests in", text)[1])
    percentile = {name: microseconds(re.search(rf"^\s*{name}%\s+(\S+)$", text, re.MULTILINE)[1]) for name in ("50", "99")}
    return {"cpu_us": took / requests * 1e6, "p50_us": percentile["50"], "p99_us": percentile["99"]}


def measure_side(port, target, pid, seconds):
    pids = family(pid)
    together = load(port, target, TOGETHER, seconds, pids)
    alone = load(port, target, 1, seconds, pids)
    return {"cpu_us.64": together["cpu_us"], "p99_us.64": together["p99_us"], "cpu_us.1": alone["cpu_us"],
            "p50_us.1": alone["p50_us"], "p99_us.1": alone["p99_us"]}


def measure_sides(quick, folder):
    """{side: medians}, the sides taking turns."""
    rounds, seconds = (3, 1) if quick else (7, 3)
    upstream, runs = free_port(), {}
    with contextlib.ExitStack() as stack:
        stack.enter_context(nginx(folder / "upstream", UPSTREAM.format(port=upstream, body=JSON), upstream))
        sides, ports = {}, {name: free_port() for name in ("holon", "nginx", "haproxy")}
        gateway = stack.enter_context(holon(folder / "holon", upstream, ports["holon"]))
        sides["holon"] = (ports["holon"], PLAIN_TARGET, gateway)
        sides["json"] = (ports["holon"], JSON_TARGET, gateway)
        http = NGINX_PROXY.format(upstream=upstream, port=ports["nginx"])
        sides["nginx"] = (ports["nginx"], PLAIN_TARGET, stack.enter_context(nginx(folder / "nginx", http, ports["nginx"])))
        if program("haproxy"):
            pid = stack.enter_context(haproxy(folder / "haproxy", upstream, ports["haproxy"]))
            sides["haproxy"] = (ports["haproxy"], PLAIN_TARGET, pid)
        for _ in range(rounds):
            for side, (port, target, pid) in sides.items():
                runs.setdefault(side, []).append(measure_side(port, target, pid, seconds))
    return {side: medians(values) for side, values in runs.items()}


def measure(quick):
    for needed in ("nginx", "wrk"):
        if not program(needed):
            sys.exit(f"{needed} was not found: install the packages of [bench] in packages.txt")
    if not built("gateway_products"):
        sys.exit("gateway_products was not built")
    with tempfile.TemporaryDirectory() as folder:
        sides = measure_sides(quick, Path(folder))
    note = f"{len(JSON)} bytes of JSON behind each, wrk before each; 64 connections, or 1"
    for metric in ("cpu_us.64", "p99_us.64", "cpu_us.1", "p50_us.1", "p99_us.1"):
        for peer in ("nginx", "haproxy"):
            if peer in sides:
                yield Figure("gateway", f"proxy_{metric}", "µs", sides["holon"][metric], sides[peer][metric], peer, None, note, 1.0)
    yield Figure("gateway", "json_cpu_us.64", "µs", sides["json"]["cpu_us.64"], sides["nginx"]["cpu_us.64"], "nginx", None, note, 1.3)
    yield Figure("gateway", "json_p99_us.64", "µs", sides["json"]["p99_us.64"], sides["nginx"]["p99_us.64"], "nginx", None, note)
