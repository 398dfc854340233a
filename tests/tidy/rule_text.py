"""What no file of the project says, and how long one may be."""

import re

from sources import Problem, is_cpp, project_files, read

# Spelled in pieces, or this file would name them.
MACHINE_PATHS = re.compile(r"(?<![\w.$}])/(?:wo" + r"rk|ro" + r"ot|tm" + r"p)(?:/[\w.]|\b(?!/))")
PROMISES_OF_LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
LOCKED_HOST = re.compile(r'"resolved"\s*:')

LINES_MAX = 400
LINES_REASON = re.compile(r"^(?://|#|<!--) long: \S", re.MULTILINE)
BINARY = (".png", ".jpg", ".webp", ".ico", ".woff2", ".db", ".gz")


def check_text(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        for match in MACHINE_PATHS.finditer(line):
            yield Problem(name, number, f"{match[0]} is a path of one machine: derive it, or ask for a temporary folder")
        for match in PROMISES_OF_LATER.finditer(line):
            yield Problem(name, number, f"{match[0]} puts work off: do it, or open an issue")
        if name.endswith("package-lock.json") and LOCKED_HOST.search(line):
            yield Problem(name, number, "names a package host: npm install --omit-lockfile-registry-resolved writes none")
    lines = text.count("\n")
    if is_cpp(name) and lines > LINES_MAX and not LINES_REASON.search(text):
        yield Problem(name, 1, f"{lines} lines, over {LINES_MAX}: split it, or say why not in a line `// long: REASON`")


def check():
    for name in project_files():
        if not name.endswith(BINARY):
            yield from check_text(name, read(name))
