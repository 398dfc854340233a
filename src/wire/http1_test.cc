#include "wire/http1_server_test.h"

namespace holon::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Server = Http1Server;

// ---- what is taken --------------------------------------------------------------------------------------------------

struct Good {
  std::string sent;
  std::vector<std::string> told;
};

std::vector<Good> good_requests() {
  return {
      {"GET / HTTP/1.1\r\n" + host + "\r\n", {"GET / at shop", "end "}},
      {"GET /a?b=c%20d HTTP/1.1\r\nHost:shop:8080\r\nAccept: text/html \t\r\nX-Empty:\r\nX: \xc3\xbc\r\n\r\n",
       {"GET /a?b=c%20d at shop:8080 accept=text/html x-empty= x=\xc3\xbc", "end "}},
      {"GET http://shop/x HTTP/1.1\r\n" + host + "\r\n", {"GET /x at shop", "end "}},
      {"GET HTTP://shop HTTP/1.1\r\n" + host + "\r\n", {"GET / at shop", "end "}},
      {"OPTIONS * HTTP/1.1\r\n" + host + "\r\n", {"OPTIONS * at shop", "end "}},
      {"GET / HTTP/1.1\r\nHost: [::1]:80\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
       {"GET / at [::1]:80 upgrade=h2c connection=upgrade", "end "}},
      {"POST /f HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello",
       {"POST /f at shop content-length=5", "end hello"}},
      {"POST /f HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n", {"POST /f at shop content-length=0", "end "}},
      {"POST /f HTTP/1.1\r\n" + host + "Transfer-Encoding: Chunked\r\n\r\n3\r\nhel\r\n00A\r\nlo, world!\r\n0\r\n\r\n",
       {"POST /f at shop transfer-encoding=Chunked", "end hello, world!"}},
      {"POST /f HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n",
       {"POST /f at shop transfer-encoding=chunked", "end "}},
      {"DELETE /c/1 HTTP/1.0\r\n\r\n", {"DELETE /c/1 at ", "end "}},
  };
}

TEST(Http1, TakesGoodRequestsHoweverTheyAreCut) {
  for (const Good& good : good_requests()) {
    for (std::size_t cut = 0; cut <= good.sent.size(); ++cut) {
      Server server;
      server.receive_cut(good.sent, cut);
      ASSERT_EQ(server.log.lines, good.told)
          << good.sent << " cut at " << cut << testing::PrintToString(server.log.reasons);
      ASSERT_FALSE(server.connection.wants_read());
      server.answer();
      ASSERT_THAT(server.output(), HasSubstr("content-length: 2"));
    }
  }
}

TEST(Http1, TakesTwoRequestsInOneRunHoweverTheyAreCut) {
  for (const Good& first : good_requests()) {
    if (first.sent.find("HTTP/1.0") != std::string::npos) continue;
    std::string sent = first.sent + "GET /second HTTP/1.1\r\n" + host + "\r\n";
    std::vector<std::string> told = first.told;
    told.insert(told.end(), {"GET /second at shop", "end "});
    for (std::size_t cut = 0; cut <= sent.size(); ++cut) {
      Server server;
      server.log.on_end = [&] { server.answer(); };
      server.receive_cut(sent, cut);
      ASSERT_EQ(server.log.lines, told) << sent << " cut at " << cut;
      ASSERT_TRUE(server.connection.idle());
    }
  }
}

// ---- what is refused ------------------------------------------------------------------------------------------------

struct Bad {
  std::string sent;
  int status;
};

std::vector<Bad> bad_request_lines() {
  std::vector<Bad> bad;
  for (const char* line : {"", "GET", "GET /", "GET / ", "GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1",
                           "GET / HTTP/1.1 ", "GET / http/1.1", "GET / HTTP/11", "GET / HTTP/1.1x", "GET /\t HTTP/1.1",
                           "GET /\x01 HTTP/1.1", "GET /\xc3\xbc HTTP/1.1", "GET /#f HTTP/1.1", "G\x7fT / HTTP/1.1",
                           "G(T / HTTP/1.1", "GET * HTTP/1.1", "GET a HTTP/1.1", "GET shop:80 HTTP/1.1",
                           "GET http://other/ HTTP/1.1", "GET http://user@shop/ HTTP/1.1", "GET ftp://shop/ HTTP/1.1",
                           "GET http://shop?x HTTP/1.1"}) {
    bad.push_back({std::string(line) + "\r\n" + host + "\r\n", 400});
  }
  for (const char* line : {"GET / HTTP/1.2", "GET / HTTP/2.0", "GET / HTTP/0.9", "PRI * HTTP/2.0"}) {
    bad.push_back({std::string(line) + "\r\n" + host + "\r\n", 505});
  }
  for (const char* line : {"CONNECT shop:80 HTTP/1.1", "TRACE / HTTP/1.1", "BREW / HTTP/1.1", "get / HTTP/1.1",
                           "BREW / HTTP/1.1"}) {
    bad.push_back({std::string(line) + "\r\n" + host + "\r\n", 501});
  }
  return bad;
}

std::vector<Bad> bad_headers() {
  std::vector<Bad> bad = {{"GET / HTTP/1.1\n" + host + "\r\n", 400},
                          {"GET / HTTP/1.1\r" + host + "\r\n", 400},
                          {"GET / HTTP/1.1\r\n" + host + "\n", 400},
                          {"GET / HTTP/1.1\r\n\r\n", 400},
                          {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400}};
  for (const char* lines : {"A: b\n", "A: b\rC: d\r\n", "A: b\r\r\n", "A : b\r\n", "A\t: b\r\n", " A: b\r\n",
                            "A: b\r\n c\r\n", "A: b\r\n\tc\r\n", ": b\r\n", "A\r\n", "A b: c\r\n", "A: \x01\r\n",
                            "A: \x7f\r\n", "A\xc3: b\r\n", "A(: b\r\n", "Content-Length: \r\n",
                            "Content-Length: +5\r\n", "Content-Length: -5\r\n",
                            "Content-Length: 0x5\r\n", "Content-Length: 05\r\n", "Content-Length: 5 5\r\n",
                                "Content-Length: 5, 5\r\n",
                            "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5\r\ncontent-length: 6\r\n",
                            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                            "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
                            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
    bad.push_back({get_with(lines), 400});
  }
  bad.push_back({get_with(std::string("A: \0b\r\n", 7)), 400});
  for (const char* value : {"", "a b", "a/b", "user@a", "a?b", "a,b", "a\xc3"}) {
    bad.push_back({"GET / HTTP/1.1\r\nHost: " + std::string(value) + "\r\n\r\n", 400});
  }
  for (const char* value : {"gzip", "gzip, chunked", "chunked, chunked", "identity", "", "xchunked", "chunked;q=1"}) {
    bad.push_back({get_with("Transfer-Encoding: " + std::string(value) + "\r\n"), 501});
  }
  bad.push_back({"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400});
  bad.push_back({get_with("Expect: 200-maybe\r\n"), 417});
  bad.push_back({get_with("Content-Length: 4194305\r\n"), 413});
  bad.push_back({get_with("Content-Length: 99999999999999999999999\r\n"), 413});
  bad.push_back({"GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414});
  bad.push_back({std::string(9'000, 'a'), 414});
  bad.push_back({get_with("A: " + std::string(33'000, 'b') + "\r\n"), 431});
  std::string many;
  for (int i = 0; i < 101; ++i) many += "A: b\r\n";
  bad.push_back({get_with(many), 431});
  return bad;
}

std::vector<Bad> bad_chunks() {
  std::vector<Bad> bad;
  for (const char* body : {"\r\n", "+3\r\nabc\r\n", "-3\r\nabc\r\n", "0x3\r\nabc\r\n", " 3\r\nabc\r\n", "3 \r\nabc\r\n",
                           "3;a=b\r\nabc\r\n", "3;\r\nabc\r\n", "g\r\n", "3\nabc\r\n", "3\r\nabc\n", "3\r\nabcd\r\n",
                           "3\r\nabc\r\r\n", "3\rabc", "000000003\r\nabc\r\n", "FFFFFFFFFFFFFFFFF\r\n",
                           "3\r\nabc0\r\n\r\n",
                           "0\r\nA : b\r\n\r\n", "0\r\n b\r\n\r\n", "0\r\nA\r\n\r\n", "0\r\n\n", "0\n\r\n"}) {
    bad.push_back({chunked(body), 400});
  }
  bad.push_back({chunked("400001\r\n"), 413});
  bad.push_back({chunked("200000\r\n" + std::string(0x200000, 'a') + "\r\n200001\r\n"), 413});
  bad.push_back({chunked("0\r\nA: " + std::string(33'000, 'b') + "\r\n"), 431});
  return bad;
}

/// Every place to cut at in short requests; in long ones a sample.
std::size_t next_cut(std::size_t cut, std::size_t size) { return cut + 1 + size / 400; }

TEST(Http1, RefusesBadRequestsTheSameHoweverTheyAreCut) {
  for (const auto& table : {bad_request_lines(), bad_headers(), bad_chunks()}) {
    for (const Bad& bad : table) {
      for (std::size_t cut = 0; cut <= bad.sent.size(); cut = next_cut(cut, bad.sent.size())) {
        Server server;
        server.receive_cut(bad.sent, cut);
        ASSERT_FALSE(server.log.lines.empty()) << bad.sent.substr(0, 200) << " was not refused";
        ASSERT_EQ(server.log.lines.back(), "refused " + std::to_string(bad.status))
            << bad.sent.substr(0, 200) << testing::PrintToString(server.log.reasons);
        ASSERT_FALSE(server.connection.wants_read());
        std::string out = server.output();
        ASSERT_TRUE(out.starts_with("HTTP/1.1 " + std::to_string(bad.status) + " ")) << out;
        ASSERT_THAT(out, HasSubstr("connection: close\r\n"));
        ASSERT_THAT(out, HasSubstr(server.log.reasons.back()));
        ASSERT_TRUE(server.connection.finished());
        server.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        ASSERT_EQ(server.log.lines.back(), "refused " + std::to_string(bad.status));
      }
    }
  }
}

TEST(Http1, ARefusalMayBeAnsweredInOnesOwnWay) {
  Server server;
  server.log.on_refused = [&] { EXPECT_TRUE(server.connection.respond(400, {}, "mine").ok()); };
  server.receive("GET\r\n\r\n");
  EXPECT_THAT(server.output(), testing::EndsWith("\r\n\r\nmine"));
  EXPECT_TRUE(server.connection.finished());
}

TEST(Http1, ABodyThatBreaksAfterTheAnswerBeganCutsTheConnectionOff) {
  Server server;
  server.log.on_head = [&] { EXPECT_TRUE(server.connection.respond_head(200, {}, {}).ok()); };
  server.receive(chunked("x\r\n"));
  EXPECT_THAT(server.log.lines, ElementsAre(HasSubstr("POST"), "refused 400"));
  EXPECT_THAT(server.output(), Not(HasSubstr("0\r\n\r\n")));
  EXPECT_TRUE(server.connection.finished());
}

}  // namespace
}  // namespace holon::wire
