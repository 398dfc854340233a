#!/usr/bin/env python3
"""Builds the fuzz targets of all rooms by clang and runs them.

    fuzz.py build   --build DIR                     all targets, with libFuzzer, both sanitizers, and coverage
    fuzz.py run     --build DIR TARGET --runs N     the tree's corpus and N mutations of it, the same ones each time
    fuzz.py hunt    --build DIR TARGET --seconds N  new mutations each time; what reaches something new is kept for `shrink`
    fuzz.py cover   --build DIR                     runs each corpus; fails where a parser has lines below 90 % reached
    fuzz.py shrink  --build DIR TARGET              adds what hunts have found to the corpus in the tree, and minimises it
    fuzz.py seed    --build DIR TARGET SEEDS        the same; the files in SEEDS stay whatever their size

A target is src/ROOM/TARGET.cc, named x_fuzz; a finding is kept and named. Its corpus is a text file, corpus/TARGET.txt beside
it: an input a line, as Python writes bytes. TARGET.hand.txt beside that are inputs that were written by hand, to reach what
chance does not; `shrink` leaves them alone.
"""

import argparse
import ast
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
SOURCES = TOP / "src"
LINES_MIN = 90.0
INPUT_BYTES_MAX = 4096
CORPUS_BYTES_MAX = 60_000

# What counts as a parser, and the sources that are it, below src/ and without suffix; their headers count with them.
PARSERS = {
    "HTTP/2 frames, streams, flow control": r"wire/http2(_\w+)?",
    "HPACK and the rules of headers": r"wire/(hpack|header)\w*",
    "HTTP/1.1": r"wire/http1(_\w+)?",
    "gRPC messages": r"wire/(message|gzip)",
    "gRPC headers and texts": r"wire/grpc(_text|_write)?",
    "gRPC-Web": r"wire/grpc_web",
    "PROXY headers": r"server/proxy_protocol",
    "paths, and who asks": r"gateway/(request_path|visitor|networks)",
    "URLs and their templates": r"contract/http_rule|gateway/transcode/(url|media_type)",
    "JSON": r"contract/(json\w*|base64)",
    "what is said of files: paths, conditions, ranges": r"gateway/content/(file_path|conditions|ranges|accept_encoding)|wire/http_date",
    "holon.yaml: its tree, variables and overlays": r"config/(yaml(_write)?|variables|overlay)",
    "tokens and their keys": r"gateway/access/(base64url|credentials|jwk|jwt)",
}
NOT_PARSERS = re.compile(r"_(test|fuzz|raw|rules|pair|world|link|fuzz_grammar)\.(cc|h)$")


def run(*command, **options):
    if options.get("text"):
        options["errors"] = "replace"  # a target may print what it was given
    return subprocess.run([str(part) for part in command], check=False, **options)


def must(*command, **options):
    done = run(*command, **options)
    if done.returncode != 0:
        sys.exit(f"fuzz.py: {' '.join(str(part) for part in command[:4])} … failed ({done.returncode})")
    return done


def targets():
    return sorted(path.stem for path in SOURCES.rglob("*_fuzz.cc"))


def corpus_file(target):
    return next(SOURCES.rglob(f"{target}.cc")).parent / "corpus" / f"{target}.txt"


def read_corpus(target):
    paths = [corpus_file(target), corpus_file(target).with_suffix(".hand.txt")]
    lines = [line for path in paths if path.exists() for line in path.read_text().splitlines()]
    return [ast.literal_eval(line) for line in lines if line and not line.startswith("#")]


def write_corpus(target, inputs, seeds):
    """Seeds stay; of the others the shortest, as many as there is room for."""
    rest = sorted(set(inputs) - set(seeds), key=lambda one: (len(one), one))
    room = CORPUS_BYTES_MAX - sum(len(repr(one)) + 1 for one in seeds)
    inputs = sorted(set(seeds), key=lambda one: (len(one), one))
    for one in rest:
        room -= len(repr(one)) + 1
        if room > 0:
            inputs.append(one)
    text = "".join(f"{one!r}\n" for one in inputs)
    corpus_file(target).parent.mkdir(exist_ok=True)
    corpus_file(target).write_text(text)
    print(f"{target}: {len(inputs)} inputs, {len(text)} bytes")


def unpack(target, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(read_corpus(target)):
        (folder / f"tree-{number}").write_bytes(one)
    return folder


def build(arguments):
    compiler = shutil.which("clang++-14") or shutil.which("clang++")
    if compiler is None:
        sys.exit("fuzz.py: clang++ was not found: install the package clang-14")
    launcher = shutil.which("ccache")
    options = [f"-DCMAKE_{language}_COMPILER_LAUNCHER={launcher}" for language in ("C", "CXX") if launcher]
    must("cmake", "-S", Path(__file__).parent / "project", "-B", arguments.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None",
         f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_C_COMPILER={compiler.replace('++', '')}", *options,
         stdout=subprocess.DEVNULL)
    must("cmake", "--build", arguments.build)


def run_fixed(arguments):
    """By one seed: what passes here passes elsewhere. Looking for what is new is a hunt's business."""
    return fuzz(arguments, [], "-seed=1", f"-runs={arguments.runs}", "-max_total_time=100")


def hunt(arguments):
    """Inputs that reach something new stay in the build folder, for the next hunt and for `shrink`."""
    found = arguments.build / "corpus" / arguments.target
    found.mkdir(parents=True, exist_ok=True)
    return fuzz(arguments, [found], f"-max_total_time={arguments.seconds}")


def fuzz(arguments, found, *limits):
    target, build_folder = arguments.target, arguments.build
    findings = build_folder / "findings"
    findings.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        known = unpack(target, Path(folder) / "tree")
        done = run(build_folder / target, *found, known, *limits, "-timeout=10", "-rss_limit_mb=2048",
                   f"-max_len={INPUT_BYTES_MAX}", f"-artifact_prefix={findings}/{target}-", "-print_final_stats=1",
                   env={"LLVM_PROFILE_FILE": "/dev/null"}, text=True, capture_output=True)
    log = done.stderr.splitlines()
    print("\n".join(line for line in log if line.startswith("stat::") or "DONE" in line))
    if done.returncode == 0:
        return 0
    print("\n".join(line for line in log if not re.match(r"#\d+\s+(NEW|REDUCE|pulse)", line)))
    for path in sorted(findings.glob(f"{target}-*")):
        print(f"by the input, as Python writes it: {path.read_bytes()!r}")
    print(f"Inputs are kept in {findings}: run {build_folder / target} with one to see this again.")
    return 1


def shrink(arguments):
    target = arguments.target
    with tempfile.TemporaryDirectory() as folder:
        known = unpack(target, Path(folder) / "tree")
        merged = Path(folder) / "merged"
        merged.mkdir()
        sources = [known, arguments.build / "corpus" / target]
        must(arguments.build / target, "-merge=1", f"-max_len={INPUT_BYTES_MAX}", merged, *sources,
             env={"LLVM_PROFILE_FILE": "/dev/null"}, stderr=subprocess.DEVNULL)
        seeds = [path.read_bytes() for path in arguments.seeds.iterdir()] if arguments.seeds else []
        write_corpus(target, [path.read_bytes() for path in merged.iterdir()], seeds)
    return 0


def covered_lines(build_folder, profile):
    """{source: (lines, of them reached)} over all targets."""
    objects = [part for target in targets()[1:] for part in ("-object", build_folder / target)]
    exported = must(tool("llvm-cov"), "export", build_folder / targets()[0], *objects, f"-instr-profile={profile}",
                    "-summary-only", capture_output=True, text=True)
    files = json.loads(exported.stdout)["data"][0]["files"]
    return {Path(one["filename"]): (one["summary"]["lines"]["count"], one["summary"]["lines"]["covered"]) for one in files}


def tool(name):
    found = shutil.which(f"{name}-14") or shutil.which(name)
    if found is None:
        sys.exit(f"fuzz.py: {name} was not found: install the package llvm-14")
    return found


def cover(arguments):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for target in targets():
            inputs = unpack(target, folder / target)
            must(arguments.build / target, "-runs=0", f"-max_len={INPUT_BYTES_MAX}", inputs,
                 env={"LLVM_PROFILE_FILE": str(folder / f"{target}.profraw")}, stderr=subprocess.DEVNULL)
        must(tool("llvm-profdata"), "merge", "-sparse", *folder.glob("*.profraw"), "-o", folder / "all.profdata")
        lines = covered_lines(arguments.build, folder / "all.profdata")
    failed = 0
    for parser, pattern in PARSERS.items():
        mine = {path: counts for path, counts in lines.items() if path.is_relative_to(SOURCES) and
                re.fullmatch(pattern, str(path.relative_to(SOURCES).with_suffix(""))) and not NOT_PARSERS.search(path.name)}
        total, reached = (sum(column) for column in zip(*mine.values()))
        share = 100.0 * reached / total
        enough = share >= LINES_MIN
        failed += not enough
        print(f"{'✔' if enough else '✖'} {parser}: the corpus reaches {LINES_MIN:.0f} % of its lines")
        print(f"    {share:.1f} % of {total} lines")
        for path, (count, hit) in sorted(mine.items()):
            print(f"    {path.name:24} {100.0 * hit / count:5.1f} % of {count}")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["build", "run", "hunt", "cover", "shrink", "seed"])
    parser.add_argument("target", nargs="?", choices=targets())
    parser.add_argument("seeds", nargs="?", type=Path)
    parser.add_argument("--build", type=Path, default=TOP / "build" / "fuzz")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=600)
    arguments = parser.parse_args()
    if arguments.what in ("run", "hunt", "shrink", "seed") and arguments.target is None:
        parser.error(f"{arguments.what} needs a target: {', '.join(targets())}")
    work = {"build": build, "run": run_fixed, "hunt": hunt, "cover": cover, "shrink": shrink, "seed": shrink}
    return work[arguments.what](arguments)


if __name__ == "__main__":
    sys.exit(main())
