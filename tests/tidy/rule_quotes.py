"""What the docs show is what compiles: code in README.md and docs/ is quoted from a file of the project.

    <!-- quote: examples/hello/hello.cc -->      the fence that follows is the whole file
    <!-- excerpt: examples/hello/hello.cc -->    … or consecutive lines of it, with the indentation taken off
    <!-- sketch -->                              … or nothing that exists: for what no file of ours happens to show
"""

import re
import textwrap

from sources import TOP, Problem, project_files, read

FENCE = re.compile(r"^(?:<!-- (?:(?P<how>quote|excerpt): (?P<source>\S+)|(?P<sketch>sketch)) -->\n+)?```(?P<language>\w*)\n(?P<body>.*?)^```$",
                   re.MULTILINE | re.DOTALL)
CODE = {"cpp", "cc", "proto", "cmake", "yaml"}


def is_excerpt(body, source):
    """Whether `body` is consecutive lines of `source`, but for common indentation."""
    wanted = body.rstrip("\n").split("\n")
    lines = source.split("\n")
    for start in range(len(lines) - len(wanted) + 1):
        if lines[start].strip() == wanted[0].strip():
            if textwrap.dedent("\n".join(lines[start:start + len(wanted)])) == "\n".join(wanted):
                return True
    return False


def check_text(name, text, read_source):
    """`read_source(path)` gives a file's text, or None."""
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start("language")) + 1
        if match["how"] is None:
            if match["language"] in CODE and not match["sketch"]:
                yield Problem(name, line, "code that nothing compiles: quote it from a file by <!-- quote: FILE --> or "
                              "<!-- excerpt: FILE -->")
            continue
        source = read_source(match["source"])
        if source is None:
            yield Problem(name, line, f"quotes {match['source']}, which is not there")
        elif match["how"] == "quote" and match["body"] != source:
            yield Problem(name, line, f"differs from {match['source']}, which it quotes whole")
        elif match["how"] == "excerpt" and not is_excerpt(match["body"], source):
            yield Problem(name, line, f"is no excerpt of {match['source']}: copy the lines again")


def read_source(path):
    return read(path) if (TOP / path).is_file() else None


def check():
    for name in project_files():
        design = name.startswith("docs/design/")
        if name.endswith(".md") and (name.startswith("docs/") or "/" not in name) and not design:
            yield from check_text(name, read(name), read_source)
