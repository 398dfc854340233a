"""A load under Linux perf, and its samples summed up: by library, by room of src/, by function."""

import collections
import re
import subprocess
import sys
import tempfile

from benches.peers import client_command, running_sides

SAMPLES_PER_SECOND = 1999

# What a symbol or library belongs to; the first that fits.
ROOMS = (
    ("kernel", r"^\[(kernel|guest\.kernel|k)", r""),
    ("allocation", r"", r"^(_int_|__libc_)?(malloc|free|calloc|realloc|memalign|malloc_consolidate)|^operator (new|delete)|"
                        r"^(cfree|unlink_chunk|tcache_\w+|sysmalloc|systrim)"),
    ("copying", r"", r"^(__)?(mem(cpy|move|set|cmp|chr)|str(len|cmp|chr))"),
    ("clock", r"^\[vdso\]", r""),
    ("clock", r"", r"clock_gettime|^std::chrono::"),
    ("openssl", r"lib(ssl|crypto)", r""),
    ("zlib", r"libz\.", r""),
    ("nghttp2", r"libnghttp2", r""),
    ("protobuf", r"libprotobuf", r""),
    ("protobuf", r"", r"google::protobuf|^bench::EchoMessage::"),
    ("grpc++", r"libgrpc|libgpr|libabsl|libupb|libaddress_sorting", r""),
    ("fiber switches", r"libboost_context", r""),
    ("fiber switches", r"", r"(jump|make|ontop)_fcontext|boost::context"),
    ("the benchmark", r"", r"bench::|^\(anonymous namespace\)::|^main$"),
)


def room_of(library, symbol):
    for room, in_library, in_symbol in ROOMS:
        if re.search(in_library, library) and re.search(in_symbol, symbol):
            return room
    room = re.match(r"(?:\w[\w<>:*& ]* )?holon::([a-z]\w*)::", symbol)
    return f"holon::{room[1]}" if room else "holon" if "holon::" in symbol else "other"


def samples_of(command, server_pid, seconds, data):
    """[(share in %, process, library, symbol), …] of the client's command and the server, while it runs."""
    load = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    record = ["perf", "record", "-q", "-F", str(SAMPLES_PER_SECOND), "-o", data, "-p", f"{server_pid},{load.pid}", "--",
              "sleep", str(seconds)]
    recorded = subprocess.run(record, capture_output=True, text=True, check=False)
    if load.wait() != 0 or recorded.returncode != 0:
        sys.exit(f"{' '.join(record)} failed:\n{recorded.stderr}")
    report = ["perf", "report", "-i", data, "--stdio", "-q", "--no-children", "-s", "pid,dso,sym", "-t", "\t", "--percent-limit", "0"]
    text = subprocess.run(report, check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) == 4 and fields[0].endswith("%"):
            pid = int(re.match(r"\d+", fields[1])[0])
            side = "server" if pid == server_pid else "client"
            yield float(fields[0].rstrip("%")), side, fields[2], re.sub(r"^\[[.kguH]\] +", "", fields[3])


def print_table(title, samples, key, most):
    """Shares of each key, in % of the server's and of the client's samples."""
    totals, shares = collections.Counter(), collections.defaultdict(collections.Counter)
    for share, side, library, symbol in samples:
        totals[side] += share
        shares[key(library, symbol)][side] += share
    print(f"\n{'server %':>9}{'client %':>9}  {title}")
    for name, of in sorted(shares.items(), key=lambda item: -sum(item[1].values()))[:most]:
        server, client = (100 * of[side] / totals[side] if totals[side] else 0 for side in ("server", "client"))
        print(f"{server:>9.1f}{client:>9.1f}  {name}")


def print_profile(row, side, seconds, top):
    with tempfile.TemporaryDirectory() as folder, running_sides(folder, (side,)) as servers:
        server = servers[side]
        command = client_command(side, server, row.transport, row.in_flight, seconds + 1, row.options)
        samples = list(samples_of(command, server.pid, seconds, f"{folder}/perf.data"))
    if not samples:
        sys.exit("perf took no samples; does `perf record -F 1999 -- true` work here?")
    print(f"{row.name}: {SAMPLES_PER_SECOND} samples a second of {side}'s server and client, for {seconds:.0f} s")
    print_table("library", samples, lambda library, _: library, 12)
    print_table("room", samples, room_of, 20)
    print_table("function", samples, lambda library, symbol: f"{symbol[:110]}  [{library}]", top)
