"""The project's files, and C++ cut into tokens."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]

WORD, NUMBER, TEXT, DIRECTIVE, MARK = "word", "number", "text", "directive", "mark"


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Problem:
    file: str
    line: int
    what: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.what}"


def project_files():
    """Paths of all files of the project, those not committed yet among them, relative to its top."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=TOP, check=True,
                            capture_output=True, text=True).stdout
    return sorted({name for name in listed.split("\0") if name and (TOP / name).is_file()})


def is_cpp(name):
    return name.endswith((".h", ".cc"))


def is_test(name):
    """Tests and benchmarks may do what the machinery may not."""
    return name.startswith(("tests/", "bench/")) or re.search(r"[/_](test|bench|fuzz)[._][^/]*$", name) is not None


def read(name):
    return (TOP / name).read_text(encoding="utf-8", errors="replace")


LEXEME = re.compile(
    r"""
    (?P<space>[ \t\r\f\v]+|\\\n)
  | (?P<newline>\n)
  | (?P<comment>//(?:[^\\\n]|\\.|\\\n)*|/\*.*?\*/)
  | (?P<raw>(?:u8|u|U|L)?R"(?P<fence>[^()\s\\]{0,16})\(.*?\)(?P=fence)")
  | (?P<text>(?:u8|u|U|L)?"(?:[^"\\\n]|\\.)*"|(?:u8|u|U|L)?'(?:[^'\\\n]|\\.)+')
  | (?P<number>\.?\d(?:'?[\w.]|(?<=[eEpP])[+-])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>::|->\*?|\.\.\.|<=>|[-+*/%&|^=!<>]=|&&|\|\||\+\+|--|.)
    """,
    re.VERBOSE | re.DOTALL,
)

DIRECTIVE_LINE = re.compile(r"#(?:[^\\\n]|\\\n|\\.)*")


def tokens_of(text):
    """The tokens of C++ source, without comments. A preprocessor directive is one token."""
    tokens = []
    line, place, fresh = 1, 0, True
    while place < len(text):
        match = DIRECTIVE_LINE.match(text, place) if fresh and text[place] == "#" else None
        kind = DIRECTIVE if match else None
        if not match:
            match = LEXEME.match(text, place)
            kind = match.lastgroup if match.lastgroup != "fence" else "raw"
            kind = {"raw": TEXT, "text": TEXT, "number": NUMBER, "word": WORD, "mark": MARK}.get(kind, kind)
        if kind in (WORD, NUMBER, TEXT, MARK, DIRECTIVE):
            tokens.append(Token(kind, match.group(), line))
        fresh = kind == "newline" or (fresh and kind in ("space", "comment"))
        line += match.group().count("\n")
        place = match.end()
    return tokens
