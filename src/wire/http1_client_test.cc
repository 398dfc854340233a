#include "wire/http1_client.h"

namespace holon::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// Writes down what a connection tells.
class Log final : public Http1ClientEvents {
 public:
  void informational(int status, Headers) override { lines.push_back("info " + std::to_string(status)); }
  void response_head(const Http1Response& response) override {
    std::string line = std::to_string(response.status);
    for (const HeaderView& header : response.headers) line.append(" ").append(header.name).append("=").append(header.value);
    lines.push_back(line);
  }
  void response_body(Bytes bytes) override { body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }
  void response_end(const Http1Trailers& with) override {
    lines.push_back("end " + body);
    trailers = with;
  }
  void failed(std::string_view reason) override {
    lines.push_back("failed");
    why = reason;
  }

  std::vector<std::string> lines;
  std::string body;
  std::string why;
  Http1Trailers trailers;
};

struct Client {
  explicit Client(const Http1ClientLimits& limits = {}) : connection(limits, log) {}

  Client& ask(std::string_view method = "GET", std::string_view upgrade = {}) {
    EXPECT_TRUE(connection.request({.method = method, .target = "/a", .authority = "shop", .upgrade = upgrade}).ok());
    return *this;
  }
  void receive(std::string_view text) { connection.receive(std::as_bytes(std::span(text))); }
  std::string output() {
    std::string out;
    connection.gather(out);
    return out;
  }

  Log log;
  Http1ClientConnection connection;
};

// ---- requests -------------------------------------------------------------------------------------------------------

std::string sent(const Http1RequestHead& head) {
  Client client;
  const Result<void> begun = client.connection.request(head);
  return begun.ok() ? client.output() : begun.error().message();
}

TEST(Http1Client, ARequestSaysWhereItsBodyEnds) {
  const HeaderView headers[] = {{"accept", "*/*"}, {"x", "\xc3\xbc"}};
  EXPECT_EQ(sent({.method = "GET", .target = "/a?b=c", .authority = "shop:8080", .headers = headers}),
            "GET /a?b=c HTTP/1.1\r\nhost: shop:8080\r\naccept: */*\r\nx: \xc3\xbc\r\n\r\n");
  EXPECT_EQ(sent({.method = "POST", .target = "/", .authority = "shop"}),
            "POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 0\r\n\r\n");
  EXPECT_EQ(sent({.method = "PUT", .target = "/", .authority = "shop", .has_body = true, .length = 5}),
            "PUT / HTTP/1.1\r\nhost: shop\r\ncontent-length: 5\r\n\r\n");
  EXPECT_EQ(sent({.method = "PUT", .target = "/", .authority = "shop", .has_body = true}),
            "PUT / HTTP/1.1\r\nhost: shop\r\ntransfer-encoding: chunked\r\n\r\n");
  EXPECT_EQ(sent({.method = "GET", .target = "/", .authority = "shop", .upgrade = "websocket"}),
            "GET / HTTP/1.1\r\nhost: shop\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
  EXPECT_EQ(sent({.method = "OPTIONS", .target = "*", .authority = "shop"}), "OPTIONS * HTTP/1.1\r\nhost: shop\r\n\r\n");
}

TEST(Http1Client, WhatWouldBreakTheFramingIsNotSent) {
  const auto with = [](std::string_view name, std::string_view value) {
    const HeaderView header{name, value};
    return sent({.method = "GET", .target = "/", .authority = "shop", .headers = {&header, 1}});
  };
  for (const char* name : {"Content-Length", "transfer-encoding", "host", "connection", "te", "expect", "upgrade"}) {
    EXPECT_THAT(with(name, "1"), HasSubstr("the connection's own")) << name;
  }
  EXPECT_THAT(with("a b", "1"), HasSubstr("no token"));
  EXPECT_THAT(with("a", "1\r\nb: 2"), HasSubstr("control character"));
  EXPECT_THAT(sent({.method = "GET", .target = "/ HTTP/1.1\r\n", .authority = "shop"}), HasSubstr("percent-encoded"));
  EXPECT_THAT(sent({.method = "GET", .target = "a", .authority = "shop"}), HasSubstr("slash"));
  EXPECT_THAT(sent({.method = "GET", .target = "*", .authority = "shop"}), HasSubstr("slash"));
  EXPECT_THAT(sent({.method = "G T", .target = "/", .authority = "shop"}), HasSubstr("method"));
  EXPECT_THAT(sent({.method = "CONNECT", .target = "/", .authority = "shop"}), HasSubstr("method"));
  EXPECT_THAT(sent({.method = "GET", .target = "/", .authority = "a\r\nb"}), HasSubstr("authority"));
  EXPECT_THAT(sent({.method = "GET", .target = "/", .authority = "a", .has_body = true, .upgrade = "x"}), HasSubstr("upgrade"));
}

TEST(Http1Client, ABodyGoesInChunksOrByItsLength) {
  Client client;
  ASSERT_TRUE(client.connection.request({.method = "PUT", .target = "/", .authority = "s", .has_body = true}).ok());
  client.output();
  client.connection.write("hello");
  client.connection.write("");
  ASSERT_TRUE(client.connection.end().ok());
  EXPECT_EQ(client.output(), "5\r\nhello\r\n0\r\n\r\n");

  Client sized;
  ASSERT_TRUE(sized.connection.request({.method = "PUT", .target = "/", .authority = "s", .has_body = true, .length = 5}).ok());
  sized.output();
  sized.connection.write("hel");
  sized.connection.write("lo");
  ASSERT_TRUE(sized.connection.end().ok());
  EXPECT_EQ(sized.output(), "hello");
}

TEST(Http1Client, ABodyOfAnotherLengthThanWasSaidEndsTheConnection) {
  for (const char* body : {"hell", "hello!"}) {
    Client client;
    ASSERT_TRUE(client.connection.request({.method = "PUT", .target = "/", .authority = "s", .has_body = true, .length = 5}).ok());
    client.connection.write(body);
    client.connection.end().ok();
    EXPECT_THAT(client.log.why, HasSubstr("than was said"));
    EXPECT_TRUE(client.connection.over());
    EXPECT_EQ(client.output(), "");
  }
}

// ---- responses ------------------------------------------------------------------------------------------------------

struct Good {
  std::string method;
  std::string said;
  std::vector<std::string> told;
  bool reusable;
};

std::vector<Good> good_responses() {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  return {
      {"GET", ok + "Content-Length: 5\r\n\r\nhello", {"200 content-length=5", "end hello"}, true},
      {"GET", ok + "Content-Length: 0\r\nX: \t a b \r\n\r\n", {"200 content-length=0 x=a b", "end "}, true},
      {"GET", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
       {"200 transfer-encoding=chunked", "end hello"}, true},
      {"GET", ok + "Connection: close\r\nContent-Length: 2\r\n\r\nok", {"200 connection=close content-length=2", "end ok"}, false},
      {"GET", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", {"200 content-length=2", "end ok"}, false},
      {"GET", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok",
       {"200 connection=Keep-Alive content-length=2", "end ok"}, true},
      {"GET", "HTTP/1.1 204 No Content\r\n\r\n", {"204", "end "}, true},
      {"GET", "HTTP/1.1 204\r\nContent-Length: 0\r\n\r\n", {"204 content-length=0", "end "}, true},
      {"GET", "HTTP/1.1 304 \r\nContent-Length: 7\r\n\r\n", {"304 content-length=7", "end "}, true},
      {"HEAD", ok + "Content-Length: 7\r\n\r\n", {"200 content-length=7", "end "}, true},
      {"HEAD", ok + "Transfer-Encoding: chunked\r\n\r\n", {"200 transfer-encoding=chunked", "end "}, true},
      {"GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 404 \xe4\r\nContent-Length: 0\r\n\r\n",
       {"info 100", "info 103", "404 content-length=0", "end "}, true},
  };
}

TEST(Http1Client, TakesGoodResponsesHoweverTheyAreCut) {
  for (const Good& good : good_responses()) {
    for (std::size_t cut = 0; cut <= good.said.size(); ++cut) {
      Client client;
      client.ask(good.method);
      client.receive(good.said.substr(0, cut));
      client.receive(good.said.substr(cut));
      ASSERT_EQ(client.log.lines, good.told) << good.said << " cut at " << cut << ": " << client.log.why;
      ASSERT_EQ(client.connection.reusable(), good.reusable) << good.said;
    }
  }
}

TEST(Http1Client, ABodyMayLastUntilTheEnd) {
  Client client;
  client.ask().receive("HTTP/1.1 200 OK\r\n\r\nhel");
  client.receive("lo");
  client.connection.receive_end();
  EXPECT_THAT(client.log.lines, ElementsAre("200", "end hello"));
  EXPECT_TRUE(client.connection.over());
}

TEST(Http1Client, TrailersAreGiven) {
  Client client;
  client.ask().receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum:  1 \r\nY:\r\n\r\n");
  EXPECT_THAT(client.log.trailers, ElementsAre(Pair("X-Sum", "1"), Pair("Y", "")));
}

TEST(Http1Client, OneRequestFollowsTheOther) {
  Client client;
  for (int i = 0; i < 3; ++i) {
    client.ask().receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    ASSERT_TRUE(client.connection.reusable());
  }
  client.ask();
  EXPECT_EQ(client.connection.request({.method = "GET", .target = "/", .authority = "s"}).code(), Code::failed_precondition);
}

TEST(Http1Client, AnAnswerBeforeTheRequestsEndIsTheLast) {
  Client client;
  ASSERT_TRUE(client.connection.request({.method = "PUT", .target = "/", .authority = "s", .has_body = true}).ok());
  client.receive("HTTP/1.1 413 Much\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(client.log.lines, ElementsAre("413 content-length=0", "end "));
  EXPECT_FALSE(client.connection.reusable());
  EXPECT_TRUE(client.connection.over());
}

TEST(Http1Client, AnotherProtocolIsATunnel) {
  Client client;
  client.ask("GET", "echo").output();
  client.receive("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nfirst");
  ASSERT_TRUE(client.connection.switched());
  client.receive("\r\n\0HTTP/1.1");
  client.connection.write("ours\n");
  EXPECT_EQ(client.output(), "ours\n");
  client.connection.receive_end();
  EXPECT_FALSE(client.connection.over());
  client.connection.write("more");
  EXPECT_EQ(client.output(), "more");
  ASSERT_TRUE(client.connection.end().ok());
  EXPECT_TRUE(client.connection.over());
  EXPECT_EQ(client.log.lines.back(), "end first\r\n");
}

// ---- what is refused ------------------------------------------------------------------------------------------------

struct Bad {
  std::string said;
  std::string why;
};

std::vector<Bad> bad_responses() {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  return {
      // Two ends of one body.
      {ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "came together"},
      {ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "twice"},
      {ok + "Content-Length: 5, 5\r\n\r\n", "no number"},
      {ok + "Content-Length: +5\r\n\r\n", "no number"},
      {ok + "Content-Length: \r\n\r\n", "no number"},
      {ok + "Content-Length: 99999999999999999999\r\n\r\n", "no number"},
      {ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "twice"},
      {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", "other than chunked"},
      {ok + "Transfer-Encoding: identity\r\n\r\n", "other than chunked"},
      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.0"},
      {"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", "announces one"},
      {"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", "announces one"},
      {"HTTP/1.1 103 Hints\r\nContent-Length: 5\r\n\r\n", "announces one"},
      // Lines.
      {"HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n", "CR LF"},
      {ok + "A: b\nC: d\r\n\r\n", "CR LF"},
      {ok + "A: b\rC: d\r\n\r\n", "CR LF"},
      {ok + "A: b\r\n c\r\n\r\n", "folded"},
      {ok + "A : b\r\n\r\n", "token"},
      {ok + ": b\r\n\r\n", "token"},
      {ok + "A: \x01\r\n\r\n", "control"},
      {ok + "A\r\n\r\n", ""},
      {"HTTP/1.1 200 O\x01K\r\n\r\n", "control"},
      // Status lines.
      {"HTTP/2.0 200 OK\r\n\r\n", "neither"},
      {"http/1.1 200 OK\r\n\r\n", "neither"},
      {"HTTP/1.1  200 OK\r\n\r\n", "status line"},
      {"HTTP/1.1 20 OK\r\n\r\n", "status line"},
      {"HTTP/1.1 2000 OK\r\n\r\n", "status line"},
      {"HTTP/1.1 200OK\r\n\r\n", "status line"},
      {"HTTP/1.1 099 OK\r\n\r\n", "from 100"},
      {"HTTP/1.1 600 OK\r\n\r\n", "from 100"},
      {"HTTP/1.1\r\n\r\n", "status line"},
      {"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "not asked for"},
      // Chunks.
      {chunked + "5;a=b\r\nhello", "extensions"},
      {chunked + "5 \r\nhello", "hexadecimal"},
      {chunked + "0x5\r\nhello", "hexadecimal"},
      {chunked + "\r\nhello", ""},
      {chunked + "123456789\r\n", "digits"},
      {chunked + "5\nhello", "CR LF"},
      {chunked + "5\r\nhello!\r\n", ""},
      {chunked + "0\r\nA : b\r\n\r\n", "token"},
  };
}

TEST(Http1Client, RefusesWhatTwoParsersCouldReadDifferently) {
  for (const Bad& bad : bad_responses()) {
    for (std::size_t cut = 0; cut <= bad.said.size(); ++cut) {
      Client client;
      client.ask();
      client.receive(bad.said.substr(0, cut));
      client.receive(bad.said.substr(cut));
      ASSERT_EQ(client.log.lines.back(), "failed") << bad.said << " cut at " << cut;
      ASSERT_THAT(client.log.why, HasSubstr(bad.why)) << bad.said;
      ASSERT_TRUE(client.connection.over());
    }
  }
}

TEST(Http1Client, AnAnswerThatEndsBeforeItsEndFails) {
  for (const Good& good : good_responses()) {
    for (std::size_t cut = 0; cut < good.said.size(); ++cut) {
      Client client;
      client.ask(good.method).receive(good.said.substr(0, cut));
      client.connection.receive_end();
      ASSERT_EQ(client.log.lines.back(), "failed") << good.said << " cut at " << cut;
      ASSERT_THAT(client.log.why, HasSubstr("closed the connection"));
    }
  }
}

TEST(Http1Client, WhatAnswersNothingEndsTheConnection) {
  Client client;
  client.ask().receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n");
  EXPECT_THAT(client.log.lines, ElementsAre("200 content-length=2", "end ok"));
  EXPECT_TRUE(client.connection.unasked());
  EXPECT_FALSE(client.connection.reusable());
  Client unasked;
  unasked.receive("HTTP/1.1 408 Request Timeout\r\n\r\n");
  EXPECT_THAT(unasked.log.lines, IsEmpty());
  EXPECT_TRUE(unasked.connection.over());
}

TEST(Http1Client, HeadsAreBounded) {
  Http1ClientLimits limits;
  limits.head_bytes_max = 100;
  limits.headers_max = 3;
  limits.informational_max = 2;
  const auto why = [&](const std::string& said) {
    Client client(limits);
    client.ask().receive(said);
    return client.log.why;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  EXPECT_THAT(why(ok + "A: " + std::string(100, 'x') + "\r\n\r\n"), HasSubstr("too long"));
  EXPECT_THAT(why("HTTP/1.1 200 " + std::string(100, 'x') + "\r\n\r\n"), HasSubstr("too long"));
  EXPECT_THAT(why(ok + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n"), HasSubstr("too many"));
  const std::string hint = "HTTP/1.1 103 Hints\r\n\r\n";
  EXPECT_THAT(why(hint + hint), IsEmpty());
  EXPECT_THAT(why(hint + hint + hint), HasSubstr("too many informational"));
}

}  // namespace
}  // namespace holon::wire
