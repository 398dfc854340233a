"""Each rule, on snippets that are known to be good or bad."""

import tempfile
import unittest
from pathlib import Path

import rule_headers
import rule_includes
import rule_quotes
import rule_text
import rule_try
import rule_world
from sources import DIRECTIVE, TEXT, tokens_of


class LexerTest(unittest.TestCase):
    def test_keeps_lines_and_drops_comments(self):
        tokens = tokens_of('a // TRY(\n/* { \n } */ b "}\\"" \'{\' R"x(")x" 1\'000')
        self.assertEqual([(t.text, t.line) for t in tokens],
                         [("a", 1), ("b", 3), ('"}\\""', 3), ("'{'", 3), ('R"x(")x"', 3), ("1'000", 3)])

    def test_a_directive_is_one_token(self):
        tokens = tokens_of("#define X(a) \\\n  { a }\nint x = '#';")
        self.assertEqual([tokens[0].kind, tokens[1].text, tokens[-2].kind], [DIRECTIVE, "int", TEXT])


class TryTest(unittest.TestCase):
    GOOD = [
        "R f() { Cart cart = TRY(get(call)); return cart; }",
        "R f() { TRY(get(call)); }",
        "R f() { if (!HOLON_TRY(more())) return 1; while (auto p = TRY(next())) show(*p); }",
        "R f() { for (;;) { switch (x) { case 1: TRY(a()); default: { TRY(b()); } } } }",
        "R f() { auto task = group.spawn([&](Call& c) -> holon::Result<Cart> { return TRY(get(c)); }); }",
        "R f() { auto g = [=, this]() mutable -> Result<std::vector<int>> { TRY(a()); return {}; }; }",
        "R f() { return Holder{[&] { return TRY(a()); }}; }",
        "R f() { auto x = new Thing([&] { TRY(a()); }); }",
        "struct A final : public B { A() : a_{1}, b_{2} { TRY(x()); } R f() const& { TRY(x()); } };",
        "R f() { int n[] = {1, 2}; n[TRY(index())] = 3; use(values.at(TRY(i())), TRY(j())); }",
        'extern "C" { R f() { TRY(x()); } }',
        "namespace a::b { template <> struct X<int> { R f() override { TRY(x()); } }; }",
        "R f() { try { TRY(x()); } catch (const E& e) { TRY(y()); } do { TRY(z()); } while (true); }",
        "#define TRY(...) HOLON_TRY(__VA_ARGS__)\nstd::string s = \"{TRY(x)}\";",
        "auto f() noexcept(true) -> R { TRY(x()); }",
        "R f() { auto old = std::make_unique<Thing>(TRY(part())); }",
        "TEST(Cart, Adds) { [&]() -> R { TRY(x()); return {}; }(); }",
    ]
    BAD = [
        ("R f() { return Order{TRY(a()), 1}; }", "braces"),
        ("R f() { Order order = {1, TRY(a())}; }", "braces"),
        ("R f() { Order order{.id = TRY(a())}; }", "braces"),
        ("R f() { use({{1, g(TRY(a()))}}); }", "braces"),
        ("R f() { return std::vector<int>{TRY(a())}; }", "braces"),
        ("R f() { return decltype(x){TRY(a())}; }", "braces"),
        ("struct A { A() : a_{TRY(x())} {} };", "braces"),
        ("R f() { group.spawn([cart = TRY(get(call))] { }); }", "a capture list"),
        ("R f() { return [this, x = g(HOLON_TRY(y()))]() { return x; }; }", "a capture list"),
        ("R f() { auto thing = new Thing(TRY(a())); }", "`new`"),
        ("R f() { auto thing = new ns::Thing<A, B>(1, TRY(a())); }", "`new`"),
        ("R f() { return std::unique_ptr<T>(new T{TRY(a())}); }", "`new`"),
        ("R f() { new (place) Thing(TRY(a())); }", "`new`"),
        ("R f() { int* n = new int[TRY(size())]; }", "`new`"),
    ]

    def test_good(self):
        for snippet in self.GOOD:
            self.assertEqual(list(rule_try.check_text("a.cc", snippet)), [], snippet)

    def test_bad(self):
        for snippet, where in self.BAD:
            problems = list(rule_try.check_text("a.cc", snippet))
            self.assertEqual(len(problems), 1, snippet)
            self.assertIn(f"inside {where}:", problems[0].what)
            self.assertIn("Name the value first", problems[0].what)


class WorldTest(unittest.TestCase):
    GOOD = [
        "auto t = loop.now(); env::os().now(); environment_.random();",
        "stream->connect(a); reactor.listen(b); session->open(headers); clock.time(nullptr);",
        "holon::sleep(call, 1ms); fiber::sleep(call, x); Mine::open(a); this->fork();",
        "Result<void> connect(const Address& a); StreamId open(Headers headers); int poll(int fd); time_t rand();",
        "// ::open(path) and fork() in a comment\nlog(\"fopen()\");",
        "std::chrono::steady_clock::time_point deadline; Deadline::max(); Clock::duration d;",
        "#include <chrono>\n#include <unistd.h>",
    ]
    BAD = [
        ("auto t = std::chrono::steady_clock::now();", "clock"),
        ("auto t = holon::Clock::now();", "clock"),
        ("system_clock::now();", "clock"),
        ("clock_gettime(CLOCK_MONOTONIC, &t);", "clock"),
        ("x = time(nullptr);", "clock"),
        ("x = std::time(&t);", "clock"),
        ("std::this_thread::sleep_for(1ms);", "sleep"),
        ("return ::sleep(1);", "sleep"),
        ("int fd = ::open(path, O_RDONLY);", "file"),
        ("std::ifstream in(path);", "file"),
        ("#include <fstream>", "file"),
        ("FILE* f = fopen(path, mode);", "file"),
        ("int s = ::socket(AF_INET, SOCK_STREAM, 0);", "socket"),
        ("if (::connect(s, a, n) != 0) {}", "socket"),
        ("return epoll_wait(e, events, 1, -1);", "socket"),
        ("pid = fork();", "process"),
        ("execv(path, args);", "process"),
        ("std::system(line);", "process"),
        ("std::random_device seed;", "dice"),
        ("return rand() % 6;", "dice"),
        ("return std::rand();", "dice"),
    ]

    def test_good(self):
        for snippet in self.GOOD:
            self.assertEqual(list(rule_world.check_text("a.cc", snippet)), [], snippet)

    def test_bad(self):
        for snippet, kind in self.BAD:
            problems = list(rule_world.check_text("a.cc", snippet))
            self.assertEqual(len(problems), 1, snippet)
            self.assertIn(f"({kind})", problems[0].what)


class IncludesTest(unittest.TestCase):
    def check(self, committed=(), **files):
        sources = {f"src/{room}/a.cc": text for room, text in files.items()}
        return [problem.what for problem in rule_includes.check_edges(sources, list(committed))]

    def test_is_content_with_committed_edges(self):
        self.assertEqual(self.check(["wire -> env"], wire='#include "env/reactor.h"\n#include "wire/grpc.h"\n'), [])

    def test_refuses_an_edge_that_is_not_committed(self):
        self.assertIn("a new edge, wire -> env", self.check(wire='#include "env/reactor.h"\n')[0])

    def test_refuses_an_edge_that_nobody_has(self):
        self.assertIn("nobody needs the edge wire -> env", self.check(["wire -> env"], wire="")[0])

    def test_refuses_to_look_up(self):
        self.assertIn("stands above", self.check(["wire -> app"], wire='#include "app/host.h"\n')[0])

    def test_refuses_walls(self):
        self.assertIn("a wall stands", self.check(["server -> client"], server='#include "client/channel.h"\n')[0])
        self.assertIn("a wall stands", self.check(["control -> server"], control='#include "server/router.h"\n')[0])
        self.assertIn("decides", self.check(["control -> fiber"], control='#include "fiber/loop.h"\n')[0])

    def test_refuses_an_unknown_room(self):
        self.assertIn("no place in the order", self.check(["attic -> env"], attic='#include "env/disk.h"\n')[0])

    def test_public_headers_include_only_std_and_protobuf(self):
        good = '#include <vector>\n#include "holon/call.h"\n#include <google/protobuf/message.h>\n'
        self.assertEqual(list(rule_includes.check_public("a.h", good)), [])
        for bad in ('#include "env/disk.h"', "#include <fmt/core.h>", "#include <unistd.h>", "#include <nghttp2/nghttp2.h>"):
            self.assertEqual(len(list(rule_includes.check_public("a.h", bad))), 1, bad)


class TextTest(unittest.TestCase):
    def check(self, text, name="a.cc"):
        return [problem.what for problem in rule_text.check_text(name, text)]

    def test_refuses_paths_of_one_machine(self):
        for path in ("/wo" + "rk/main", "/tm" + "p/x", "/ro" + "ot"):
            self.assertEqual(len(self.check(f'open("{path}")')), 1, path)
        self.assertEqual(self.check("a/wo" + "rk/b, /workers, x/tm" + "p, ${TMPDIR}/tm" + "p/, /rooted"), [])

    def test_refuses_to_put_off(self):
        for word in ("TO" + "DO", "FIX" + "ME"):
            self.assertIn("puts work off", self.check(f"// {word}: later")[0])
        self.assertEqual(self.check("METHO" + "DO"), [])

    def test_refuses_a_package_host(self):
        self.assertIn("package host", self.check('"resolved": "https://host/x.tgz"', "tests/a/package-lock.json")[0])

    def test_refuses_long_files_without_a_reason(self):
        long = "int x;\n" * 401
        self.assertIn("401 lines", self.check(long)[0])
        self.assertEqual(self.check("// long: one table of numbers\n" + long), [])
        self.assertEqual(self.check("int x;\n" * 400), [])


class QuotesTest(unittest.TestCase):
    SOURCE = "int main() {\n  if (x) {\n    run();\n  }\n}\n"

    def check(self, text):
        return [problem.what for problem in rule_quotes.check_text("a.md", text, {"main.cc": self.SOURCE}.get)]

    def test_good(self):
        self.assertEqual(self.check(f"<!-- quote: main.cc -->\n```cpp\n{self.SOURCE}```\n"), [])
        self.assertEqual(self.check("<!-- excerpt: main.cc -->\n```cpp\nif (x) {\n  run();\n}\n```\n"), [])
        self.assertEqual(self.check("```sh\n./run\n```\n\n```\nplain\n```\n"), [])
        self.assertEqual(self.check("<!-- sketch -->\n```yaml\na: b\n```\n"), [])

    def test_bad(self):
        self.assertIn("differs from", self.check("<!-- quote: main.cc -->\n```cpp\nint main() {}\n```\n")[0])
        self.assertIn("is no excerpt", self.check("<!-- excerpt: main.cc -->\n```cpp\nif (y) {\n```\n")[0])
        self.assertIn("not there", self.check("<!-- quote: gone.cc -->\n```cpp\nx\n```\n")[0])
        self.assertIn("nothing compiles", self.check("text\n\n```cpp\nint x;\n```\n")[0])


class HeadersTest(unittest.TestCase):
    def test_a_header_that_leans_on_another_does_not_compile_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            header = Path(folder) / "a.h"
            header.write_text("#pragma once\n#include <string>\nstd::string a();\n")
            self.assertEqual(rule_headers.complaint("c++", header, folder), "")
            header.write_text("#pragma once\nstd::string a();\n")
            self.assertIn("std", rule_headers.complaint("c++", header, folder))


if __name__ == "__main__":
    unittest.main()
