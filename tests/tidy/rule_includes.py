"""Who includes whom: the actual edges between the rooms of src/ are those committed in docs/design/includes.txt, so that a
new one shows in review; and each of them is allowed by ARCHITECTURE.md: a room includes only rooms above it.
"""

import re

from sources import Problem, is_cpp, is_test, project_files, read

COMMITTED = "docs/design/includes.txt"

# From the top down, as src/CMakeLists.txt has them.
ORDER = ["env", "config", "crypto", "telemetry", "fiber", "faults", "identity", "contract", "wire", "client", "server", "report", "data", "event", "durable",
         "control", "store", "insight", "app", "gateway", "node"]

# Walls beside the order: these never see each other.
WALLS = [
    {"client", "server"},
    *({side, other} for side in ("client", "server") for other in ("data", "event", "durable", "control")),
    {"event", "durable"},
]

# These decide and do nothing: they see values, not what acts.
DECIDES = {"control", "insight"}
ACTS = {"fiber", "wire", "client", "server", "data", "event", "durable", "store"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes_of(text):
    """(line, path, whether in angle brackets) of each include."""
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start(2)) + 1, match[2], match[1] == "<"


def edges_of(files):
    """{(room, room): (file, line)} between the rooms of src/, by the contents of `files` ({name: text})."""
    edges = {}
    for name, text in files.items():
        room = name.split("/")[1]
        for line, path, _ in includes_of(text):
            other = path.split("/")[0]
            if other in ORDER and other != room:
                edges.setdefault((room, other), (name, line))
    return edges


def refusal(room, other):
    """Why `room` may not include `other`, or None."""
    if room not in ORDER:
        return f"the room {room} has no place in the order; give it one in tests/tidy/rule_includes.py"
    if ORDER.index(other) > ORDER.index(room):
        return f"{room} stands above {other} and may not include it"
    if {room, other} in WALLS:
        return f"a wall stands between {room} and {other}: take an interface that app fills"
    if room in DECIDES and other in ACTS:
        return f"{room} decides and does nothing: it may not see {other}"
    return None


def check_edges(files, committed):
    edges = edges_of(files)
    for (room, other), (name, line) in sorted(edges.items()):
        why_not = refusal(room, other)
        if why_not:
            yield Problem(name, line, why_not)
        elif f"{room} -> {other}" not in committed:
            yield Problem(name, line, f"a new edge, {room} -> {other}: if it is wanted, add it to {COMMITTED}")
    for edge in committed:
        if tuple(edge.split(" -> ")) not in edges:
            yield Problem(COMMITTED, committed.index(edge) + 1, f"nobody needs the edge {edge} any more: remove it")


def check_public(name, text):
    """The public headers include std, protobuf and each other."""
    for line, path, angled in includes_of(text):
        ours = path.startswith("holon/")
        standard = angled and re.fullmatch(r"[a-z_0-9]+", path)
        if not ours and not standard and not path.startswith("google/protobuf/"):
            yield Problem(name, line, f"a public header includes only std, protobuf and holon/, not {path}")


def check():
    names = [name for name in project_files() if is_cpp(name)]
    rooms = {name: read(name) for name in names if name.startswith("src/") and not is_test(name)}
    committed = [line for line in read(COMMITTED).splitlines() if line]
    yield from check_edges(rooms, committed)
    for name in names:
        if name.startswith("include/holon/"):
            yield from check_public(name, read(name))


def actual_edges():
    """The lines that docs/design/includes.txt should have."""
    rooms = {name: read(name) for name in project_files() if name.startswith("src/") and is_cpp(name) and not is_test(name)}
    edges = edges_of(rooms)
    return [f"{room} -> {other}" for room, other in
            sorted(edges, key=lambda edge: (ORDER.index(edge[0]) if edge[0] in ORDER else 99, ORDER.index(edge[1])))]
