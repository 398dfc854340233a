"""HOLON_TRY, or TRY, stands where GCC 12 can leave: not inside braces, a lambda's capture list, or `new`.

GCC 12 forgets to destroy the parts of such an expression that are built already when a statement expression returns from
its middle. So the rule finds the brackets around each TRY, out to the function's body.
"""

from sources import DIRECTIVE, MARK, NUMBER, TEXT, WORD, Problem, is_cpp, project_files, read, tokens_of

NAMES = {"TRY", "HOLON_TRY"}
OPENING, CLOSING = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
BLOCK, INIT, CAPTURE, GROUP = "block", "braces", "a capture list", "group"

AFTER_FUNCTION = {"const", "noexcept", "override", "final", "mutable", "volatile", "try", "else", "do", "constexpr"}
DECLARES_BLOCK = {"namespace", "struct", "class", "union", "enum", "extern"}


def statement_start(tokens, at):
    """The index of the first token of the statement in which tokens[at] stands, within the same brackets."""
    depth = 0
    while at > 0:
        text = tokens[at - 1].text
        if text in CLOSING and text != "}":
            depth += 1
        elif text in ("(", "["):
            if depth == 0:
                return at
            depth -= 1
        elif depth == 0 and (text in (";", "{", "}") or tokens[at - 1].kind == DIRECTIVE):
            return at
        at -= 1
    return 0


def returns_type_before(tokens, at):
    """Whether what stands before tokens[at] is `) -> Some::Type<X>`: the end of a function's head."""
    start = statement_start(tokens, at)
    depth = 0
    for index in range(at - 1, start, -1):
        token = tokens[index]
        if token.text in (")", "]"):
            depth += 1
        elif token.text in ("(", "["):
            depth -= 1
        elif depth == 0 and token.text == "->":
            return tokens[index - 1].text in (")", "]") or tokens[index - 1].text in AFTER_FUNCTION
        elif depth == 0 and token.text in ("=", "return"):
            return False
    return False


def brace_kind(tokens, at, outer):
    """What the `{` at tokens[at] opens: a block of statements or declarations, or an initialiser."""
    if at == 0 or tokens[at - 1].kind == DIRECTIVE:
        return BLOCK
    before = tokens[at - 1]
    if before.text in (";", "}", ":") or before.text in AFTER_FUNCTION:
        return BLOCK if outer != INIT else INIT
    if before.text == "{":
        return BLOCK if outer == BLOCK else INIT
    if before.text == ")":
        return INIT if closes_decltype(tokens, at - 1) else BLOCK
    if before.text == "]":
        return BLOCK if opens_capture(tokens, matching_open(tokens, at - 1)) else INIT
    start = statement_start(tokens, at)
    head = {token.text for token in tokens[start:at]}
    if head & DECLARES_BLOCK and not head & {"=", "return"} and tokens[start].text != "(":
        return BLOCK
    if before.kind in (WORD, MARK) and returns_type_before(tokens, at):
        return BLOCK
    if before.text in ("&", "&&") and tokens[at - 2].text in (")", "const"):
        return BLOCK
    return INIT


def matching_open(tokens, at):
    depth = 0
    for index in range(at, -1, -1):
        depth += (tokens[index].text in CLOSING) - (tokens[index].text in OPENING)
        if depth == 0:
            return index
    return 0


def closes_decltype(tokens, at):
    return tokens[matching_open(tokens, at) - 1].text == "decltype"


def opens_capture(tokens, at):
    """Whether the `[` at tokens[at] opens a lambda's capture list, not a subscript or an attribute."""
    if at == 0:
        return True
    before = tokens[at - 1]
    if before.text in ("return", "co_return", "co_yield", "case"):
        return True
    return before.kind not in (WORD, NUMBER, TEXT) and before.text not in (")", "]", "[") and tokens[at + 1].text != "["


def belongs_to_new(tokens, at):
    """Whether the bracket at tokens[at] encloses the arguments of `new T(…)`."""
    angles = 0
    for index in range(at - 1, -1, -1):
        token = tokens[index]
        if token.text == "new":
            return True
        if token.text == ")":  # placement: new (place) T(…)
            start = matching_open(tokens, index)
            return angles == 0 and start > 0 and tokens[start - 1].text == "new"
        angles += (token.text == ">") - (token.text == "<")
        if not (token.kind in (WORD, NUMBER) or token.text in ("::", "<", ">") or (angles > 0 and token.text in ",*&")):
            return False
        if token.text in ("return", "throw", "else", "case"):
            return False
    return False


def misplaced(tokens):
    """(token, where) of each TRY that stands where it must not."""
    stack = []  # (kind, whether `new` owns it)
    for at, token in enumerate(tokens):
        if token.kind == MARK and token.text in OPENING:
            outer = stack[-1][0] if stack else BLOCK
            if token.text == "{":
                kind = brace_kind(tokens, at, outer)
            else:
                kind = CAPTURE if token.text == "[" and opens_capture(tokens, at) else GROUP
            stack.append((kind, kind in (GROUP, INIT) and belongs_to_new(tokens, at)))
        elif token.kind == MARK and token.text in CLOSING:
            if stack:
                stack.pop()
        elif token.kind == WORD and token.text in NAMES:
            for kind, of_new in reversed(stack):
                if kind == BLOCK:
                    break
                if of_new or kind in (INIT, CAPTURE):
                    yield token, "`new`" if of_new else kind
                    break


def check_text(name, text):
    for token, where in misplaced(tokens_of(text)):
        yield Problem(name, token.line, f"{token.text} inside {where}: GCC 12 leaks what is built already when it returns. "
                      f"Name the value first (`auto part = {token.text}(…);`), then use `part` here")


def check():
    for name in project_files():
        if is_cpp(name):
            yield from check_text(name, read(name))
