"""Installs holon into a fresh prefix, builds the application in project/ against it, asks its programs who they are."""

import pathlib
import tempfile
import unittest

import outside
from outside import HELLO, PROJECT, run

ARGUMENTS = None


class InstalledPackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="holon-install-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.root = pathlib.Path(cls.folder.name)
        cls.prefix = cls.root / "prefix"
        cls.build = cls.root / "build"
        run(ARGUMENTS.cmake, "--install", ARGUMENTS.build, "--prefix", cls.prefix)
        cls.outside = outside.Outside(ARGUMENTS, cls.prefix)
        cls.outside.configure(PROJECT, cls.build)
        cls.outside.build(cls.build)

    def test_a_second_build_has_nothing_to_do(self):
        self.assertIn(b"no work to do", self.outside.build(self.build))

    def test_program_of_one_service(self):
        manifest = self.outside.manifest(self.build / "bin" / "clock")
        self.assertIn('contract: "town.Clock"', manifest)
        self.assertNotIn('contract: "town.Greeter"', manifest)

    def test_program_of_all_services_knows_who_calls_whom(self):
        manifest = self.outside.manifest(self.build / "bin" / "town")
        self.assertIn('contract: "town.Clock"', manifest)
        self.assertIn('contract: "town.Greeter"', manifest)
        self.assertIn('calls: "town.Clock"', manifest)

    def test_hello_builds_outside_the_tree(self):
        build = self.root / "hello"
        self.outside.configure(HELLO, build)
        self.outside.build(build, "--target", "hello")
        self.assertIn(b"hello.Greeter", run(build / "bin" / "hello", "--holon-manifest"))

    def test_holon_is_installed(self):
        self.assertIn(b"up", run(self.prefix / "bin" / "holon", "--help"))

    def test_machinery_is_not_installed(self):
        headers = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*.h")}
        self.assertIn("include/holon/service.h", headers)
        self.assertFalse([header for header in headers if not header.startswith("include/holon/")])
        self.assertFalse([header for header in headers if "/node/" in header])

    def refusal(self, text):
        """What CMake says to an application that ends in `text`."""
        source = self.root / "wrong"
        source.mkdir(exist_ok=True)
        (source / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(wrong LANGUAGES CXX)\n"
                                               f"find_package(holon REQUIRED)\n{text}\n")
        with self.assertRaises(AssertionError) as refused:
            self.outside.configure(source, self.root / "wrong-build")
        return " ".join(str(refused.exception).split())  # CMake wraps lines

    def test_mistakes_are_named(self):
        self.assertIn("there is no contract town/none.proto in", self.refusal("holon_contract(wrong town/none.proto)"))
        self.assertIn("there is no nowhere; write holon_contract(nowhere …) before",
                      self.refusal("holon_service(wrong SOURCES wrong.cc CONTRACTS nowhere)"))
        self.assertIn("no header declares its class Wrong; write wrong.h, or name it by HEADER",
                      self.refusal("holon_service(wrong SOURCES wrong.cc)"))
        self.assertIn("there is no service cart; write holon_service(cart …) before",
                      self.refusal("holon_program(wrong SERVICES cart)"))


def take(arguments):
    global ARGUMENTS
    ARGUMENTS = arguments


if __name__ == "__main__":
    outside.main(take)
