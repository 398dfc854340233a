"""`holon new app` and `holon new service`: what they write is configured, built, tested and run as a newcomer does it, outside
the tree and against the installed package; and what can't be written is refused with its remedy."""

import argparse
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest

ARGUMENTS = None
BUILD_SECONDS_MAX = 400


def run(*command, cwd=None, expected=0, timeout=60):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=cwd, timeout=timeout, check=False)
    if done.returncode != expected:
        raise AssertionError(f"{' '.join(map(str, command))} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class New(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="holon-new-")
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.holon = pathlib.Path(ARGUMENTS.build) / "bin" / "holon"

    def new(self, *words, cwd=None, expected=0):
        return run(self.holon, "new", *words, cwd=cwd or self.root, expected=expected)


class WhatIsWritten(New):
    def test_an_app_and_a_second_service_build_run_and_answer(self):
        prefix = self.root / "prefix"
        run(ARGUMENTS.cmake, "--install", ARGUMENTS.build, "--prefix", prefix)
        self.holon = prefix / "bin" / "holon"
        self.new("app", "book_shop")
        app = self.root / "book_shop"
        self.new("service", "gift_card", cwd=app)
        flags = f"-fsanitize={ARGUMENTS.sanitize}" if ARGUMENTS.sanitize else ""
        run(ARGUMENTS.cmake, "-G", "Ninja", "-S", app, "-B", app / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
            "-DCMAKE_BUILD_TYPE=Debug", f"-DCMAKE_CXX_FLAGS={flags}")
        run(ARGUMENTS.cmake, "--build", app / "build", timeout=BUILD_SECONDS_MAX)
        self.assertIn("100% tests passed, 0 tests failed out of 2",
                      run("ctest", "--test-dir", app / "build", "--output-on-failure"))
        for placement in ("split", "together"):
            with self.subTest(placement=placement):
                self.run_and_ask(app, placement)

    def run_and_ask(self, app, placement):
        port = free_port()
        run(self.holon, "up", "--bin", "build", "--port", port, "--placement", placement, "-d", "--wait", cwd=app)
        try:
            for service in ("greeter", "gift_card"):
                answer = run(ARGUMENTS.curl, "-sS", f"http://127.0.0.1:{port}/v1/{service}/Ada")
                self.assertEqual(json.loads(answer), {"text": "Hello, Ada"})
            document = json.loads(run(self.holon, "openapi", cwd=app))
            self.assertEqual(document["info"]["title"], "book_shop")
            greet = document["paths"]["/v1/greeter/{name}"]["get"]
            self.assertEqual(greet["summary"], "Greets whom the request names")
            self.assertEqual(greet["parameters"][0]["description"], "not empty")
            self.assertIn("// Greets whom the request names.",
                          run(self.holon, "describe", "book_shop.greeter.Greeter", cwd=app))
        finally:
            run(self.holon, "down", cwd=app)

    def test_the_files_are_named_and_no_placeholder_is_left(self):
        told = self.new("app", "book_shop", "--service", "order_book")
        app = self.root / "book_shop"
        written = {str(path.relative_to(app)) for path in app.rglob("*") if path.is_file()}
        self.assertEqual(written, {"CMakeLists.txt", "README.md", "holon.yaml", ".gitignore", "order_book/order_book.proto",
                                   "order_book/order_book.h", "order_book/order_book.cc", "order_book/order_book_test.cc"})
        for name in written:
            self.assertIn(f"book_shop/{name}\n", told)
            text = (app / name).read_text()
            for placeholder in ("@app@", "@service@", "@Class@"):
                self.assertNotIn(placeholder, text)
        self.assertIn("service OrderBook {", (app / "order_book/order_book.proto").read_text())


class WhatIsRefused(New):
    def test_names_that_can_be_none(self):
        for name, why in (("Book-Shop", "use lower-case words of letters and digits, joined by _, as in order_book"),
                          ("a__b", "as in order_book"), ("_a", "as in order_book"), ("a_", "as in order_book"),
                          ("a_2", "as in order_book"), ("../up", "as in order_book"), ("a" * 41, "shorten it"),
                          ("class", "use another one, as in class_desk"), ("test", "as in test_desk"),
                          ("holon", "as in holon_desk")):
            with self.subTest(name=name):
                self.assertIn(why, self.new("app", name, expected=2))
        self.assertIn("call the service otherwise by --service NAME", self.new("app", "greeter", expected=2))
        self.assertEqual(list(self.root.iterdir()), [])

    def test_nothing_is_overwritten(self):
        self.new("app", "book_shop")
        app = self.root / "book_shop"
        before = {path: path.read_bytes() for path in app.rglob("*") if path.is_file()}
        self.assertIn("is there already; take another name, or remove it", self.new("app", "book_shop", expected=2))
        self.assertIn("greeter.cc is there already", self.new("service", "greeter", cwd=app, expected=2))
        self.assertIn("call the service otherwise", self.new("service", "book_shop", cwd=app, expected=2))
        self.assertEqual({path: path.read_bytes() for path in app.rglob("*") if path.is_file()}, before)

    def test_a_folder_without_an_app(self):
        self.assertIn("`holon new app NAME`", self.new("service", "cart", expected=2))

    def test_a_project_whose_lines_are_gone(self):
        self.new("app", "book_shop")
        cmake = self.root / "book_shop" / "CMakeLists.txt"
        cmake.write_text(cmake.read_text().replace("# holon new service adds lines above this one\n", ""))
        said = self.new("service", "cart", cwd=self.root / "book_shop", expected=2)
        self.assertIn("CMakeLists.txt has no line `# holon new service adds lines above this one`", said)
        self.assertFalse((self.root / "book_shop" / "cart").exists())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for word in ("cmake", "build", "curl", "sanitize"):
        parser.add_argument("--" + word, required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    os.environ.pop("DESTDIR", None)
    unittest.main(argv=[sys.argv[0], *rest])
