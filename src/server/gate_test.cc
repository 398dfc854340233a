// What is refused of requests before a handler sees them, and under which name: one table, each row by both versions of HTTP
// where it can be said by them.
#include "fiber/call.h"
#include "server/exchange_fixture_test.h"

namespace holon::server {
namespace {

using wire::raw::field;

/// What HTTP/2 says of it: the four pseudo-headers, further fields, and the body.
struct Frames {
  std::string method = "GET";
  std::string path = "/";
  std::string authority = "shop.example";
  std::string fields;
  std::string body;
  const char* rule = nullptr;  ///< of RFC 9113, where HTTP/2 has one for it: then the stream or the connection is reset
};

struct Vector {
  const char* what;
  int status;                    ///< by HTTP/1.1, and by HTTP/2 if it has no rule of its own
  const char* rule;              ///< that counts it
  std::string text;              ///< by HTTP/1.1; empty: it can't be said there
  std::optional<Frames> frames;  ///< by HTTP/2
};

const std::string host = "Host: shop.example\r\n";
std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\n" + host + "\r\n"; }
std::string with(const std::string& lines) { return "GET / HTTP/1.1\r\n" + host + lines + "\r\n"; }
std::string chunks(const std::string& body) {
  return "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n" + body;
}
Frames path(const std::string& path) { return {.path = path}; }
Frames fields(const std::string& fields) { return {.fields = fields}; }

Frames reset(const char* rule, Frames frames) {
  frames.rule = rule;
  return frames;
}

std::vector<Vector> vectors() {
  const std::string long_path = "/" + std::string(9'000, 'a');
  std::string many_lines, many_fields;
  for (int i = 0; i < 101; ++i) many_lines += "x: y\r\n", many_fields += field("x", "y");
  std::string large_lines, large_fields;
  for (int i = 0; i < 9; ++i) {
    large_lines += "x: " + std::string(4'000, 'y') + "\r\n";
    large_fields += field("x", std::string(1'500, 'y')) + field("x", std::string(2'500, 'y'));
  }
  return {
      // -- lengths and codings
      {"ContentLengthAndChunked", 400, "http1.two_lengths", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), {}},
      {"ChunkedAndContentLength", 400, "http1.two_lengths", with("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), {}},
      {"TwoLengths", 400, "http1.length_twice", with("Content-Length: 5\r\nContent-Length: 5\r\n"), {}},
      {"TwoDifferentLengths", 0, "", "",
       reset("http2.content_length", fields(field("content-length", "5") + field("content-length", "6")))},
      {"ALengthWithASign", 400, "http.length", with("Content-Length: +5\r\n"), {}},
      {"ALengthWithASignBy2", 0, "", "", reset("http2.content_length", fields(field("content-length", "+5")))},
      {"AListOfLengths", 400, "http.length", with("Content-Length: 5, 5\r\n"), {}},
      {"ALengthWithZerosBefore", 400, "http.length", with("Content-Length: 05\r\n"),
       Frames{.method = "POST", .fields = field("content-length", "05"), .body = "hello"}},
      {"ALengthOfAnotherBase", 400, "http.length", with("Content-Length: 0x5\r\n"), {}},
      {"MoreBodyThanSaid", 0, "", "",
       Frames{.method = "POST", .fields = field("content-length", "2"), .body = "hello", .rule = "http2.content_length"}},
      {"LessBodyThanSaid", 0, "", "",
       Frames{.method = "POST", .fields = field("content-length", "9"), .body = "hello", .rule = "http2.content_length"}},
      {"AnUnknownCoding", 501, "http1.coding", with("Transfer-Encoding: gzip, chunked\r\n"), {}},
      {"ADisguisedCoding", 501, "http1.coding", with("Transfer-Encoding: xchunked\r\n"), {}},
      {"ChunkedTwice", 400, "http1.coding_twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), {}},
      {"ChunkedBefore11", 400, "http1.coding_1_0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {}},
      // -- lines
      {"BareLf", 400, "http1.line_end", "GET / HTTP/1.1\nHost: a\r\n\r\n", {}},
      {"BareCr", 400, "http1.line_end", with("A: b\rC: d\r\n"), {}},
      {"AFoldedLine", 400, "http1.folded", with("A: b\r\n c\r\n"), {}},
      {"ASpaceBeforeTheColon", 400, "http1.field_name", with("A : b\r\n"), reset("http2.field_name", fields(field("a ", "b")))},
      {"NoColon", 400, "http1.no_colon", with("A\r\n"), {}},
      {"ANulInAValue", 400, "http1.field_value", with(std::string("A: \0b\r\n", 7)), reset("http2.field_value",
                                                            fields(field("a", std::string("\0b", 2))))},
      {"ALineEndInAValue", 0, "", "", reset("http2.field_value", fields(field("a", "b\r\nc: d")))},
      {"ALineEndInAName", 0, "", "", reset("http2.field_name", fields(field("a\r\nb", "c")))},
      {"AnUpperCaseName", 0, "", "", reset("http2.field_name", fields(field("Accept", "*/*")))},
      {"ALineEndInThePath", 0, "", "", reset("http2.field_value", path("/ HTTP/1.1\r\nx: y"))},
      {"ASpaceInThePath", 0, "", "", reset("http2.path", path("/ HTTP/1.1"))},
      {"TooManyLines", 431, "http.headers_many", with(many_lines), fields(many_fields)},
      {"TooLongLines", 431, "http.headers_long", with(large_lines), fields(large_fields)},
      // -- the connection's
      {"ConnectionHeader", 0, "", "", reset("http2.connection_field", fields(field("connection", "close")))},
      {"UpgradeHeader", 0, "", "", reset("http2.connection_field", fields(field("upgrade", "websocket")))},
      {"TransferEncodingHeader", 0, "", "", reset("http2.connection_field", fields(field("transfer-encoding", "chunked")))},
      {"TeOfMoreThanTrailers", 0, "", "", reset("http2.te", fields(field("te", "gzip")))},
      {"AnUnknownExpectation", 417, "http.expectation", with("Expect: the best\r\n"), fields(field("expect", "the best"))},
      {"ExtendedConnect", 0, "", "",
       Frames{.method = "CONNECT", .fields = field(":protocol", "websocket"), .rule = "http2.pseudo_unknown"}},
      {"APseudoHeaderLate", 0, "", "", reset("http2.pseudo_late", fields(field("a", "b") + field(":path", "/")))},
      {"APathTwice", 0, "", "", reset("http2.pseudo_twice", fields(field(":path", "/")))},
      // -- methods
      {"AnUnknownMethod", 501, "http.method_unknown", "BREW / HTTP/1.1\r\n" + host + "\r\n", Frames{.method = "BREW"}},
      {"Trace", 501, "http.method_unknown", "TRACE / HTTP/1.1\r\n" + host + "\r\n", Frames{.method = "TRACE"}},
      {"Connect", 501, "http.method_unknown", "CONNECT a:80 HTTP/1.1\r\n" + host + "\r\n", {}},
      {"ALowerCaseMethod", 501, "http.method_unknown", "", Frames{.method = "get"}},
      {"NoMethod", 400, "http.method", "G(T / HTTP/1.1\r\n" + host + "\r\n", Frames{.method = "G(T", .rule = "http2.method"}},
      {"AnotherVersion", 505, "http1.version", "GET / HTTP/1.2\r\n" + host + "\r\n", {}},
      {"HeadersWithoutALine", 400, "http1.request_line", "Host: a\r\n\r\n", {}},
      // -- targets
      {"ATargetOfAnotherHost", 400, "http1.host_differs", get("http://other.example/"), {}},
      {"ATargetWithAUser", 400, "http1.host_differs", get("http://user@shop.example/"), {}},
      {"ATargetWithoutASlash", 400, "http.target_form", get("a"), {}},
      {"AStarThatIsNoOptions", 400, "http.target_form", get("*"), {}},
      {"ALongTarget", 414, "http.target_long", get(long_path), path(long_path)},
      {"AFragment", 400, "http.target_characters", get("/a#b"), path("/a#b")},
      {"BytesThatMustBeEscaped", 400, "http.target_characters", get("/\xc3\xbc"), path("/\xc3\xbc")},
      {"AnEscapeThatIsNone", 400, "http.path_escape", get("/%zz"), path("/%zz")},
      {"AnEscapeThatIsCutOff", 400, "http.path_escape", get("/a%2"), path("/a%2")},
      {"AnEscapedNul", 400, "http.path_nul", get("/a%00.html"), path("/a%00.html")},
      {"NoUtf8", 400, "http.path_utf8", get("/%ff"), path("/%ff")},
      {"AnOverlongSlash", 400, "http.path_utf8", get("/..%c0%af"), path("/..%c0%af")},
      {"ASurrogate", 400, "http.path_utf8", get("/%ed%a0%80"), path("/%ed%a0%80")},
      {"DotSegments", 400, "http.path_dots", get("/a/../b"), path("/a/../b")},
      {"EscapedDotSegments", 400, "http.path_dots", get("/a/%2e%2E/b"), path("/a/%2e%2E/b")},
      {"DotSegmentsBehindAnEscapedSlash", 400, "http.path_dots", get("/a%2f..%2Fb"), path("/a%2f..%2Fb")},
      {"DotSegmentsBehindABackslash", 400, "http.path_dots", get("/a\\..\\b"), path("/a%5c..%5Cb")},
      {"OneDot", 400, "http.path_dots", get("/a/."), path("/a/.")},
      // -- authorities
      {"NoHost", 400, "http.authority_missing", "GET / HTTP/1.1\r\n\r\n", Frames{.authority = "-"}},
      {"HostTwice", 400, "http1.host_twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", {}},
      {"HostAndAuthorityDiffer", 0, "", "", reset("http2.host", fields(field("host", "other.example")))},
      {"AnEmptyHost", 400, "http.authority", "GET / HTTP/1.1\r\nHost:\r\n\r\n", {}},
      {"AUser", 400, "http.authority", "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
       Frames{.authority = "user@a", .rule = "http2.authority"}},
      {"APortThatIsNone", 400, "http.authority", "GET / HTTP/1.1\r\nHost: a:80x\r\n\r\n", Frames{.authority = "a:80x"}},
      {"APortThatIsTooLarge", 400, "http.authority", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", Frames{.authority = "a:65536"}},
      {"AnEmptyPort", 400, "http.authority", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", Frames{.authority = "a:"}},
      {"TwoPorts", 400, "http.authority", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", Frames{.authority = "a:1:2"}},
      {"APathBehindTheHost", 400, "http.authority", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
       Frames{.authority = "a/b", .rule = "http2.authority"}},
      {"AnOpenBracket", 400, "http.authority", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", Frames{.authority = "[::1"}},
      {"NoAddressInBrackets", 400, "http.authority", "GET / HTTP/1.1\r\nHost: [a.b]\r\n\r\n", Frames{.authority = "[a.b]"}},
      // -- bodies in chunks, of a handler that reads them
      {"AChunkExtension", 400, "http1.chunk_extension", chunks("5;a=b\r\nhello\r\n0\r\n\r\n"), {}},
      {"ASignedChunkSize", 400, "http1.chunk_size", chunks("+5\r\nhello\r\n0\r\n\r\n"), {}},
      {"AChunkSizeOfAnotherBase", 400, "http1.chunk_size", chunks("0x5\r\nhello\r\n0\r\n\r\n"), {}},
      {"AChunkSizeBehindASpace", 400, "http1.chunk_size", chunks(" 5\r\nhello\r\n0\r\n\r\n"), {}},
      {"AChunkSizeThatOverflows", 400, "http1.chunk_digits", chunks("100000005\r\nhello\r\n0\r\n\r\n"), {}},
      {"NoChunkSize", 400, "http1.chunk_size", chunks("\r\nhello\r\n0\r\n\r\n"), {}},
      {"ALongerChunk", 400, "http1.chunk_end", chunks("4\r\nhello\r\n0\r\n\r\n"), {}},
      {"ABareLfBehindAChunk", 400, "http1.line_end", chunks("5\r\nhello\n0\r\n\r\n"), {}},
      {"AFoldedTrailer", 400, "http1.folded", chunks("0\r\nA: b\r\n c\r\n\r\n"), {}},
  };
}

class GateTest : public ExchangeTest {
 protected:
  GateTest() {
    handler_.answer = [](HttpExchange& exchange) {
      internal::RootCall call(Deadline::max());
      for (;;) {
        const auto piece = exchange.read(call);
        if (!piece.ok()) return static_cast<void>(exchange.respond(400, {}, piece.error().message()));
        if (!*piece) break;
      }
      EXPECT_TRUE(exchange.respond(200, {}, "served").ok());
    };
  }
  /// The request under test, in frames.
  static std::string frames_of(const Frames& frames) {
    std::string block = field(":method", frames.method) + field(":scheme", "http") + field(":path", frames.path);
    if (frames.authority != "-") block += field(":authority", frames.authority);
    block += frames.fields;
    using namespace wire::raw;  // NOLINT: the vocabulary of frames
    std::string all = headers(1, block.substr(0, 16'000), NONE);
    for (std::size_t at = 16'000; at < block.size(); at += 16'000) all += continuation(1, block.substr(at, 16'000), NONE);
    all += continuation(1, "");
    if (frames.body.empty()) all[4] = END_STREAM;
    return frames.body.empty() ? all : all + data(1, frames.body, END_STREAM);
  }
  static bool sayable(const Vector& vector) { return http2() ? vector.frames.has_value() : !vector.text.empty(); }
};
INSTANTIATE_TEST_SUITE_P(Http, GateTest, testing::Bool(), [](const auto& http2) { return http2.param ? "2" : "1"; });

TEST_P(GateTest, RefusesWithTheRightStatusUnderItsName) {
  for (const Vector& vector : vectors()) {
    if (!sayable(vector)) continue;
    SCOPED_TRACE(vector.what);
    const bool resets = http2() && vector.frames->rule != nullptr;
    const char* rule = resets ? vector.frames->rule : vector.rule;
    const std::uint64_t before = telemetry::refusals_of(rule);
    HttpPeer& peer = connect();
    if (http2()) {
      peer.expect_stream(1);
      peer.say(frames_of(*vector.frames));
      EXPECT_TRUE(eventually([&] { return peer.answer().complete || !peer.answer().reset.empty() || peer.closed(); }));
      EXPECT_EQ(peer.answer().status, resets ? 0 : vector.status);
    } else {
      peer.say(vector.text);
      EXPECT_TRUE(eventually([&] { return peer.closed(); })) << "it must be the connection's last";
      EXPECT_EQ(peer.answer().status, vector.status) << peer.raw().received();
      EXPECT_EQ(peer.raw().received().find("served"), std::string::npos);
    }
    EXPECT_EQ(telemetry::refusals_of(rule), before + 1) << rule;
    peers_.clear();
  }
}

TEST_P(GateTest, HonestRequestsPass) {
  const std::string targets[] = {"/",          "/a/b.c/..d/.e",   "/a%20b%c3%bc", "/a%2Fb",      "/a//b", "/?a=%zz&b=../..",
                                 "/a:verb",    "/v1/{name}",      "/a;b=c,d",     "/%E2%82%AC",  "/~a",   "/..."};
  HttpPeer& peer = connect();
  for (const std::string& target : targets) EXPECT_EQ(ask(peer, "GET", target).body, "served") << target;
  EXPECT_EQ(ask(peer, "OPTIONS", "*").body, "served");
  if (http2()) return;
  for (const char* authority : {"a", "a.b-c_d", "192.0.2.7:80", "[::1]", "[2001:db8::1]:8080", "a:65535"}) {
    HttpPeer& each = connect();
    each.say("GET / HTTP/1.1\r\nHost: " + std::string(authority) + "\r\n\r\n");
    EXPECT_TRUE(eventually([&] { return each.answer().complete; })) << authority;
    EXPECT_EQ(each.answer().status, 200);
  }
  HttpPeer& absolute = connect();
  absolute.say("GET http://shop.example/a?b HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_TRUE(eventually([&] { return absolute.answer().status == 200; }));
}

}  // namespace
}  // namespace holon::server
