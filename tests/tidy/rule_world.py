"""Outside src/env nobody reads a clock, sleeps, opens a file or a socket, starts a process, or rolls dice.

So that a simulated world can stand in for the real one, and a run can be replayed.
"""

import re

from sources import DIRECTIVE, WORD, Problem, is_cpp, is_test, project_files, read, tokens_of

REPLACEMENT = {
    "clock": "ask the loop's now(), or env::Environment::now() and wall()",
    "sleep": "wait with fiber::Waiter and a deadline, or a fiber::Timer",
    "file": "use env::Disk",
    "socket": "use env::Reactor and env::Stream",
    "process": "use env::Processes",
    "dice": "use env::Environment::random()",
}

# Functions of the C library: called by a bare or a `::` or `std::` name.
FUNCTIONS = {
    "clock": "clock_gettime gettimeofday timespec_get ftime",
    "sleep": "usleep nanosleep clock_nanosleep sleep_for sleep_until",
    "file": "fopen freopen fdopen openat open64 creat opendir mkstemp tmpfile",
    "socket": "socketpair epoll_create epoll_create1 epoll_ctl epoll_wait poll ppoll accept4 getaddrinfo",
    "process": "fork vfork execv execve execvp execvpe execl execlp posix_spawn posix_spawnp waitpid waitid popen",
    "dice": "rand srand random_r drand48 getrandom getentropy arc4random",
}
# The same, but too common as names of our own: only after a global `::` or `std::`.
GLOBAL_FUNCTIONS = {
    "clock": "time clock",
    "sleep": "sleep",
    "file": "open read_file unlink rename mkdir stat",
    "socket": "socket connect bind listen accept",
    "process": "system kill wait",
    "dice": "random",
}
TYPES = {"file": "ifstream ofstream fstream", "dice": "random_device"}
HEADERS = {
    "file": "fstream fcntl.h",
    "socket": "sys/socket.h sys/un.h sys/epoll.h netinet/in.h arpa/inet.h poll.h netdb.h",
    "process": "spawn.h sys/wait.h sys/pidfd.h",
    "sleep": "thread.h",
    "clock": "sys/time.h sys/timeb.h",
}
KEYWORDS = {"return", "else", "throw", "case", "co_return"}
CLOCKS = {"steady_clock", "system_clock", "high_resolution_clock", "Clock"}


def by_name(table):
    return {name: kind for kind, names in table.items() for name in names.split()}


FUNCTION, GLOBAL_FUNCTION, TYPE, HEADER = map(by_name, (FUNCTIONS, GLOBAL_FUNCTIONS, TYPES, HEADERS))


def forbidden(tokens, at):
    """The kind of world that the word at tokens[at] touches, or None."""
    def text(offset):
        return tokens[at + offset].text if 0 <= at + offset < len(tokens) else ""

    word, calls, qualified = text(0), text(1) == "(", text(-1) == "::"
    if text(-1) in (".", "->"):
        return None
    global_name = qualified and (text(-2) in KEYWORDS | {"std"} or tokens[at - 2].kind != WORD and text(-2) != ">")
    if word in TYPE:
        return TYPE[word]
    if word == "now" and calls and qualified and text(-2) in CLOCKS:
        return "clock"
    if calls and word in FUNCTION and (global_name or not qualified or text(-2) == "this_thread"):
        declared = tokens[at - 1].kind == WORD and text(-1) not in KEYWORDS
        return None if declared else FUNCTION[word]
    if calls and word in GLOBAL_FUNCTION and global_name:
        return GLOBAL_FUNCTION[word]
    if calls and word == "time" and text(2) in ("nullptr", "NULL", "0") and text(3) == ")":
        return "clock"
    return None


def check_text(name, text):
    tokens = tokens_of(text)
    for at, token in enumerate(tokens):
        kind = forbidden(tokens, at) if token.kind == WORD else None
        if token.kind == DIRECTIVE:
            included = re.match(r'#\s*include\s*[<"]([^>"]+)[>"]', token.text)
            kind = HEADER.get(included[1]) if included else None
        if kind:
            what = token.text if token.kind == WORD else token.text.strip()
            yield Problem(name, token.line, f"{what} touches the real world ({kind}) outside src/env: {REPLACEMENT[kind]}")


def check():
    for name in project_files():
        walled = name.startswith(("include/", "src/", "cmd/", "codegen/")) and not name.startswith("src/env/")
        if is_cpp(name) and walled and not is_test(name):
            yield from check_text(name, read(name))
