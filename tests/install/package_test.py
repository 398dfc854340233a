"""The .deb that CPack makes, unpacked somewhere: the application in project/ is built against it. And `holon` as one file: it
needs nothing but libc, and runs that application."""

import json
import pathlib
import re
import shutil
import tempfile
import unittest

import outside
from outside import PROJECT, run

ARGUMENTS = None
UNPACKED = None
LIBC = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"}


def setUpModule():
    global UNPACKED
    UNPACKED = Unpacked()
    unittest.addModuleCleanup(UNPACKED.folder.cleanup)
    UNPACKED.build()


class Unpacked:
    """The package, unpacked, and the application that is built against it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="holon-package-")
        self.root = pathlib.Path(self.folder.name)
        self.all = self.root / "unpacked"
        self.prefix = self.all / "usr"
        self.town = self.root / "town"
        self.outside = outside.Outside(ARGUMENTS, self.prefix)

    def build(self):
        cpack = pathlib.Path(ARGUMENTS.cmake).with_name("cpack")
        run(cpack, "--config", f"{ARGUMENTS.build}/CPackConfig.cmake", "-B", self.root)
        self.package, = self.root.glob("holon_*.deb")
        run("dpkg-deb", "-x", self.package, self.all)
        self.outside.configure(PROJECT, self.town)
        self.outside.build(self.town)

    def field(self, name):
        return run("dpkg-deb", "-f", self.package, name).decode().strip().split(", ")

    def greet(self, holon):
        """Starts the town, each service in a process of its own, and asks its greeter, who asks the clock."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.root, prefix="run-"))
        shutil.copy(PROJECT / "holon.yaml", folder)
        run(holon, "up", "--bin", self.town, "-d", "--wait", cwd=folder)
        try:
            return json.loads(run(holon, "call", "town.Greeter/Greet", cwd=folder))
        finally:
            run(holon, "down", cwd=folder)


class Package(unittest.TestCase):
    def test_an_application_builds_against_it(self):
        self.assertIn('calls: "town.Clock"', UNPACKED.outside.manifest(UNPACKED.town / "bin" / "town"))

    def test_it_depends_on_the_libraries_that_its_programs_link(self):
        names = {word.split()[0] for word in UNPACKED.field("Depends")}
        self.assertLessEqual({"libc6", "libprotobuf32", "libnghttp2-14", "libssl3", "libstdc++6", "libyaml-cpp0.7"}, names)

    def test_it_recommends_what_building_against_it_takes(self):
        recommends = UNPACKED.field("Recommends")
        self.assertLessEqual({"g++", "cmake", "libprotobuf-dev", "protobuf-compiler", "libssl-dev"}, set(recommends))
        self.assertTrue(all(re.fullmatch(r"[a-z0-9+.-]+", name) for name in recommends), recommends)

    def test_everything_lies_below_usr_and_machinery_is_not_in_it(self):
        files = {str(path.relative_to(UNPACKED.all)) for path in UNPACKED.all.rglob("*") if path.is_file()}
        self.assertFalse([file for file in files if not file.startswith("usr/")])
        for file in ("bin/holon", "bin/protoc-gen-holon", "include/holon/service.h",
                     "share/holon/contracts/holon/options.proto", "share/man/man1/holon.1"):
            self.assertIn("usr/" + file, files)
        self.assertFalse([file for file in files if file.startswith("usr/include/") and "/node/" in file])

    def test_its_holon_runs_the_application(self):
        self.assertEqual(UNPACKED.greet(UNPACKED.prefix / "bin" / "holon")["contentType"], "text/plain; charset=utf-8")


class OneFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holon = UNPACKED.root / "alone" / "holon"
        cls.holon.parent.mkdir()
        shutil.copy(pathlib.Path(ARGUMENTS.build) / "bin" / "single" / "holon", cls.holon)

    def test_it_needs_only_libc(self):
        dynamic = run("readelf", "-d", self.holon).decode()
        self.assertLessEqual(set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)), LIBC)

    def test_it_runs_an_application(self):
        self.assertEqual(UNPACKED.greet(self.holon)["contentType"], "text/plain; charset=utf-8")


def take(arguments):
    global ARGUMENTS
    ARGUMENTS = arguments


if __name__ == "__main__":
    outside.main(take)
