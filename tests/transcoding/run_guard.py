"""bin/conformance --http with a certificate, and with tokens demanded: who has no good one does not enter, whichever HTTP or gRPC
he speaks. Prints TAP.

    run_guard.py --server build/bin/conformance
"""

import argparse
import base64
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from run_vectors import SECONDS, Report, Server

ISSUER, AUDIENCE = "https://issuer.example", "shop"


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=SECONDS, **options).stdout


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(key, **claims):
    head = encoded(json.dumps({"alg": "RS256", "typ": "JWT"}).encode())
    body = encoded(json.dumps({"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "exp": int(time.time()) + 300, **claims}).encode())
    return f"{head}.{body}.{encoded(openssl('dgst', '-sha256', '-sign', key, input=f'{head}.{body}'.encode()))}"


def status_of(address, bearer, *options, scheme="http"):
    command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{http_version}", "--max-time", str(SECONDS), *options]
    if bearer:
        command += ["-H", f"authorization: Bearer {bearer}"]
    return subprocess.run([*command, f"{scheme}://{address}/v1/msgs/7"], capture_output=True, text=True).stdout


def expect(found, expected):
    if found != expected:
        yield f"{found!r}, expected {expected!r}"


def tokens(program, directory, report):
    key, public, other = directory / "key.pem", directory / "public.pem", directory / "other.pem"
    for each in (key, other):
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", each)
    openssl("pkey", "-in", key, "-pubout", "-out", public)
    server = Server(program, "--jwt-key", public, "--jwt-issuer", ISSUER, "--jwt-audience", AUDIENCE)
    cases = [("a good token enters", token(key), "200"), ("nobody enters without", None, "401"),
             ("a token of another key", token(other), "401"), ("a token of another issuer", token(key, iss="else"), "401"),
             ("a token for another audience", token(key, aud="else"), "401"),
             ("a token that has expired", token(key, exp=int(time.time()) - 300), "401"), ("a token that is none", "abc", "401")]
    for version, option in (("1.1", "--http1.1"), ("2", "--http2-prior-knowledge")):
        for name, bearer, status in cases:
            found = status_of(server.address, bearer, option)
            report.case(f"conformance tokens: {name} (HTTP/{version})", list(expect(found, f"{status} {version}")))
    ended = server.end()
    report.case("conformance tokens: the server ends on SIGTERM", list(expect(ended, 0)))


def certificate(program, directory, report):
    cert, key = directory / "cert.pem", directory / "cert.key"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", 2, "-subj", "/CN=localhost",
            "-addext", "subjectAltName=IP:127.0.0.1")
    server = Server(program, "--tls-cert", cert, "--tls-key", key)
    for version, option in (("1.1", "--http1.1"), ("2", "--http2")):
        found = status_of(server.address, None, "--cacert", str(cert), option, scheme="https")
        report.case(f"conformance TLS: HTTP/{version}", list(expect(found, f"200 {version}")))
    server.end()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    args = parser.parse_args()
    for program in ("curl", "openssl"):
        if shutil.which(program) is None:
            parser.error(f"{program} was not found: install the package {program}")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="conformance-") as directory:
        tokens(args.server, Path(directory), report)
        certificate(args.server, Path(directory), report)
    print(f"1..{report.number}")
    return report.failed != 0


if __name__ == "__main__":
    sys.exit(main())
