"""Each public header compiles alone, so that users may include any of them first."""

import subprocess

from sources import TOP, Problem, project_files

FLAGS = ["-std=gnu++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wno-pragma-once-outside-header", "-x", "c++"]


def complaint(compiler, path, include):
    """What the compiler says about the header at `path` alone; empty if it is content."""
    done = subprocess.run([compiler, *FLAGS, "-I", str(include), str(path)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr.strip()


def check(compiler="c++"):
    for name in project_files():
        if name.startswith("include/holon/") and name.endswith(".h"):
            said = complaint(compiler, TOP / name, TOP / "include")
            if said:
                yield Problem(name, 1, f"does not compile alone:\n{said}")
